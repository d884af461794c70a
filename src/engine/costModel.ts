// What work costs on each device: the measured constants by which programs and messages are cut.

import type { Device } from "./types.ts";

/**
 * Images at once, with gradients and without. On a CPU 16 amortise what is done once for each weight gradient, and 8
 * share what a run costs beside its products without leaving the caches (4 and 16 are 2 to 6 % slower a step); a GPU
 * wants whole batches.
 */
export function microBatches(device: Device): { gradient: number; forward: number } {
  return device === "cpu" ? { gradient: 16, forward: 8 } : { gradient: 256, forward: 256 };
}
