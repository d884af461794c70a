// How real images are drawn, by name. Plain data: help needs no zod.

export const SAMPLING = ["independent", "even"] as const;
export type Sampling = (typeof SAMPLING)[number];
