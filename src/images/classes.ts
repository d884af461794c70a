// Which images belong to which class.

import { counted } from "../counted.ts";
import { DatadamError } from "../errors.ts";
import type { PreparedSet } from "./types.ts";

/**
 * Indices of the images of each class, ascending: element `c` for class `c`.
 *
 * @throws RangeError for a label that is not below `classes`.
 */
export function classIndices(labels: ArrayLike<number>, classes: number): Uint32Array[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] < classes)) throw new RangeError(`label ${labels[i]} of image ${i} is not below ${classes}`);
    counts[labels[i]]++;
  }
  const indices = counts.map((count) => new Uint32Array(count));
  counts.fill(0);
  for (let i = 0; i < labels.length; i++) indices[labels[i]][counts[labels[i]]++] = i;
  return indices;
}

/**
 * {@link classIndices} of a set that has enough images.
 *
 * @param ipc images to be taken of each class.
 * @param classes those that are needed; default: all.
 * @param factor of the set that is made of them: an image of it takes `factor` x `factor` of these.
 * @throws DatadamError `INVALID_DATA` where one of the classes has fewer than `ipc` images.
 */
export function classMembers(
  { name, labels, classNames }: Pick<PreparedSet, "name" | "labels" | "classNames">,
  ipc: number,
  classes: Iterable<number> = classNames.keys(),
  factor: number = 1,
): Uint32Array[] {
  const members = classIndices(labels, classNames.length);
  for (const c of classes) {
    const found = members[c].length;
    if (found >= ipc) continue;
    const needed = `ipc ${ipc / factor ** 2}${factor === 1 ? "" : ` at factor ${factor} takes`}`;
    const most = Math.floor(found / factor ** 2);
    const fewer = factor > 1 && most < 1 ? "" : `ipc ${Math.max(1, most)} or less`;
    const smaller = factor > 1 && found > 0 ? "factor 1" : "";
    throw new DatadamError(
      "INVALID_DATA",
      `class "${classNames[c]}" of ${name} has ${counted(found, "image")}, fewer than ${needed}`,
      { hint: `Use ${[fewer, smaller].filter(Boolean).join(", or ") || "other images"}.` },
    );
  }
  return members;
}

/** Names for a message: the first few. */
export function someOf(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

/** Beginnings of words of which a reader takes a folder for a part of a set, its images or their masks. */
const SPOKEN_FOR =
  "train|trn|test|tst|val|dev|eval|set|split|part|data|im|pic|photo|seg|folder|cropped|resized|mask|label|annot|gt|" +
  "ground|truth|jp|png|input|orig|raw|class|object|instance";
/** Names of such words alone. */
const NO_CLASS = new RegExp(`^[^\\p{L}]*((${SPOKEN_FOR})\\p{L}*[^\\p{L}]*)+$`, "iu");

/**
 * Class names as folder names: nothing that leaves the folder, nothing twice, and none that is read as a part of a set.
 * A set that was written by these names is read by them again.
 */
export function classFolders(classNames: readonly string[]): string[] {
  const used = new Set<string>();
  return classNames.map((name, index) => {
    const clean = name.replaceAll(/[^\p{L}\p{N} _.-]+/gu, "_").replace(/^[. ]+|[. ]+$/g, "");
    const named = NO_CLASS.test(clean) ? `${index}-named-${clean}` : clean;
    const unique = named === "" || used.has(named.toLowerCase()) ? `${index}-${named}` : named;
    used.add(unique.toLowerCase());
    return unique;
  });
}
