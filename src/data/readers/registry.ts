// The list of readers, in the order in which they are asked whether a path is theirs.

import * as list from "./index.ts";
import type { Reader } from "./reader.ts";

/** By name; those that take what is left come last. */
export const READERS: readonly Reader[] = Object.values<Reader>(list).sort(
  (a, b) => Number(a.takesTheRest ?? false) - Number(b.takesTheRest ?? false),
);
