// What work costs on each device: the measured constants by which programs, batches and messages are cut. They were
// measured on 2 cores with AVX2 as docs/speed.md describes; none of them changes what is computed but for the order of sums.

import type { Device } from "./types.ts";

/**
 * Images at once, with gradients and without. On a CPU 16 amortise what is done once for each weight gradient, and 8
 * share what a run costs beside its products without leaving the caches (4 and 16 are 2 to 6 % slower a step); a GPU
 * wants whole batches.
 */
export function microBatches(device: Device): { gradient: number; forward: number } {
  return device === "cpu" ? { gradient: 16, forward: 8 } : { gradient: 256, forward: 256 };
}

/** Multiply-adds of matrix products that plain TypeScript does in about a second: no threads are started for less. */
export const PLAIN_PRODUCTS = 1e9;

/** Workers of an engine that only multiplies matrices: more wait for memory, not for cores. */
export const PRODUCT_WORKERS = 8;
