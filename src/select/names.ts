// What ways of choosing may be called. Plain data: help needs no networks.

import type { SelectMethod } from "./types.ts";

export const SELECT_METHODS: readonly SelectMethod[] = ["random", "herding", "k-center", "k-means", "forgetting"];
