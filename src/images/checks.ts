// Checks of sets: whether two fit together, and whether the arrays of one fit each other.

import { DatadamError } from "../errors.ts";
import { sizeOf } from "../tensor/size.ts";
import { someOf } from "./classes.ts";
import { factorFault } from "./factor.ts";
import type { PreparedSet, Preprocessing, SyntheticSet, Zca } from "./types.ts";

type Kind = Pick<PreparedSet, "name" | "shape" | "classNames">;

/**
 * Checks that two sets hold images of one shape in the same classes.
 *
 * @param name what messages call `set`.
 * @param hints what to do about other shapes, and other classes.
 * @throws DatadamError `INVALID_DATA` where they do not.
 */
export function assertSameImages(
  set: Pick<Kind, "shape" | "classNames">,
  name: string,
  other: Kind,
  hints: { readonly shape?: string; readonly classes?: string } = {},
): void {
  const fault = (message: string, hint: string | undefined): DatadamError =>
    new DatadamError("INVALID_DATA", message, { hint });
  if (set.shape.join() !== other.shape.join()) {
    const shown = [set, other].map(({ shape }) => shape.join(" x "));
    throw fault(`${name} holds images of ${shown[0]}, ${other.name} of ${shown[1]}`, hints.shape);
  }
  if (set.classNames.join("\n") !== other.classNames.join("\n")) {
    const shown = [set, other].map(({ classNames }) => someOf(classNames));
    throw fault(`${name} has the classes ${shown[0]}; ${other.name} has ${shown[1]}`, hints.classes);
  }
}

/**
 * Checks that the arrays of a set, which may be made by hand, fit each other.
 *
 * @param name what messages call it.
 * @throws DatadamError `INVALID_DATA` where they do not, or it has no images.
 */
export function assertWholeSet(
  { images, labels, softLabels, shape, classNames, factor = 1 }: SyntheticSet,
  name: string = "the set",
): void {
  const [count, classes] = [labels.length, classNames.length];
  const fault = factorFault(shape, factor);
  const beyond = labels.findIndex((label) => label >= classes);
  let problem: string;
  if (count === 0) problem = "holds no images";
  else if (images.length !== count * sizeOf(shape))
    problem = `holds ${images.length} numbers and ${count} labels, not ${count} images of ${shape.join(" x ")}`;
  else if (beyond >= 0)
    problem = `gives image ${beyond} the label ${labels[beyond]}, which is none of its ${classes} classes`;
  else if (fault !== undefined) problem = `has a factor of ${factor}: ${fault}`;
  else if (softLabels !== undefined && softLabels.length !== count * factor ** 2 * classes)
    problem = `holds ${softLabels.length} soft labels, not ${count * factor ** 2} rows of ${classes} classes`;
  else return;
  throw new DatadamError("INVALID_DATA", `${name} ${problem}`);
}

/** Whether two ways to prepare images give the same numbers. */
export function samePreprocessing(a: Preprocessing, b: Preprocessing): boolean {
  const numbers = ({ normalization: { mean, std } }: Preprocessing): string => JSON.stringify([mean, std]);
  if (numbers(a) !== numbers(b)) return false;
  if (a.zca === undefined || b.zca === undefined) return a.zca === b.zca;
  return sameMatrices(a.zca, b.zca);
}

/** Whether two whitenings give the same numbers. */
export function sameMatrices(a: Zca, b: Zca): boolean {
  return equal(a.mean, b.mean) && equal(a.whiten, b.whiten);
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}
