// The states of a plan's jobs, in the order in which they are shown.

import type { JobState } from "../../cluster/types.ts";

export const STATES: readonly JobState[] = ["waiting", "running", "stopped", "lost", "failed", "done"];
