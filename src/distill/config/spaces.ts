// Where images descend, by name. Plain data: help needs no zod.

export const SPACES = ["normalized", "pixels"] as const;
