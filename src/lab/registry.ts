// The kinds of jobs by their list, and the types of the jobs that follow from it.

import * as list from "./kinds/index.ts";
import type { Kind } from "./types.ts";

type Listed = (typeof list)[keyof typeof list];

/** A job of any kind, as `job` gives it: `kind` tells which. */
export type Job = Parameters<Listed["run"]>[0]["job"];

/** All kinds of jobs. */
export const kinds: readonly Kind[] = Object.values<Listed>(list) as readonly unknown[] as readonly Kind[];
