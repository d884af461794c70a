// The images that the protocol of continual learning takes of a data set, checked before any work.

import { DatadamError } from "../errors.ts";
import { classIndices, takeClasses } from "../images/index.ts";
import type { Dataset, ImageSet } from "../images/types.ts";
import { type Bound, quota } from "./memories.ts";

export interface PartOptions {
  /** These classes only; null for all. */
  readonly classes: readonly number[] | null;
  /** Steps that the classes come in; null for a stream without steps. */
  readonly steps: number | null;
  readonly bound: Bound;
  /** Whether remembered images are made of noise, so that no class has to give any. */
  readonly noise: boolean;
  /** Of distillations: a remembered image takes `factor` x `factor` real ones. Default 1. */
  readonly factor?: number;
}

/**
 * The classes that were asked for, with test images of each.
 *
 * @throws DatadamError `INVALID_OPTION` where there is no test part, there are fewer classes than steps or images of
 *   the memory, or no such class; `INVALID_DATA` where a class has no test image, or fewer training images than the
 *   memory takes of it.
 */
export function continualPart(
  { name, train, test }: Dataset,
  { classes, steps, bound, noise, factor = 1 }: PartOptions,
): { readonly train: ImageSet; readonly test: ImageSet } {
  if (test === undefined) {
    throw new DatadamError("INVALID_OPTION", `${name} has no test images`, {
      hint: "Keep a fifth of the images for testing by `split` 0.8.",
    });
  }
  const part =
    classes === null ? { train, test } : { train: takeClasses(train, classes), test: takeClasses(test, classes) };
  const count = part.train.classNames.length;
  if (steps !== null) {
    if (steps > count) {
      throw new DatadamError("INVALID_OPTION", `${count} classes cannot come in ${steps} steps`, {
        hint: `Use \`steps\` ${count} or less.`,
      });
    }
    requireMemory(part.train, bound, steps, noise ? 0 : factor ** 2);
  }
  const tested = new Set(part.test.labels);
  const untested = part.train.classNames.find((_, c) => !tested.has(c));
  if (untested === undefined) return part;
  throw new DatadamError("INVALID_DATA", `${name} has no test images of class "${untested}"`);
}

/**
 * A memory of all classes has an image of each, and no class has to give more than it has, unless its images are made
 * of noise.
 *
 * @param parts real images that a remembered one takes.
 */
function requireMemory({ labels, classNames }: ImageSet, bound: Bound, steps: number, parts: number): void {
  const classes = classNames.length;
  if ("total" in bound && bound.total < classes) {
    const message = `a memory of ${bound.total} images has none for some of ${classes} classes`;
    throw new DatadamError("INVALID_OPTION", message, { hint: `Use \`memory.total\` ${classes} or more.` });
  }
  const first = Math.ceil(classes / steps);
  const wanted = quota(bound, first) * parts;
  const counts = classIndices(labels, classes).map((members) => members.length);
  const fewest = Math.min(...counts);
  if (fewest >= wanted) return;
  const each = Math.floor(fewest / parts);
  const most = "total" in bound ? `\`memory.total\` ${(each + 1) * first - 1}` : `\`memory.perClass\` ${each}`;
  const short = `class "${classNames[counts.indexOf(fewest)]}" has ${fewest} images`;
  throw new DatadamError(
    "INVALID_DATA",
    `${short}, and the memory takes ${wanted} of each of the first ${first} classes`,
    { hint: `Use ${most} or less.` },
  );
}
