// Where images descend, by name. Plain data: help needs no zod.

export const SPACES = ["normalized", "pixels"] as const;

/** Of a learning rate on pixels to one on normalised images that is about as fast: the square of a usual `std`. */
export const PIXEL_RATE = 0.05;
