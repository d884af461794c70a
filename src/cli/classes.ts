// Classes that a command line names.

import { DatadamError } from "../errors.ts";

/** The classes of a shard; null for all. @throws DatadamError INVALID_OPTION */
export function checkClasses(
  classes: readonly number[] | undefined,
  names: readonly string[],
): readonly number[] | null {
  if (classes === undefined) return null;
  const beyond = classes.find((label) => label >= names.length);
  if (beyond !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `--classes: there is no class ${beyond}; the data set has classes 0 to ${names.length - 1}`,
    );
  }
  return classes.length === names.length ? null : classes;
}
