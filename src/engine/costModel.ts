// What work costs on each device: the constants by which programs, batches and messages are cut. They were measured on
// the machine of docs/lab-notes/speed.md. The order of sums follows from them, and so do the last bits of results: none
// depends on the machine at hand.

import { sizeOf } from "../tensor/size.ts";
import type { Device, Program, Signature } from "./types.ts";

/**
 * Images at once, with gradients and without. On a CPU 16 amortise what is done once for each weight gradient, and 8
 * share the fixed cost of a run without leaving the caches (4 and 16 are 2 to 6 % slower a step); a GPU wants whole
 * batches.
 */
export function microBatches(device: Device): { gradient: number; forward: number } {
  return device === "cpu" ? { gradient: 16, forward: 8 } : { gradient: 256, forward: 256 };
}

/** Images a run of training takes from which on Winograd's filtering of gradients pays for transforming the weights. */
export const WINOGRAD_IMAGES = 8;

/** Synthetic images that one program takes at most where it matches several classes: fewer are not worth a run. */
export const JOINT_IMAGES = 8;

/** Synthetic images, in micro-batches, up to which one program matches them; more take two passes. */
export const ONE_PASS_MICRO_BATCHES = 2;

/** The same on a CPU, for programs whose values take no more than so many bytes at once. */
export const LARGEST_PASS_MICRO_BATCHES = 4;
export const LARGEST_PASS_BYTES = 2 ** 28;

/**
 * Images of a part, of which a program of matching takes one after the other on a CPU: the maps of ten stay in the
 * caches. From {@link MICRO_BATCH_FLOPS_PER_WEIGHT} on, below which a part's weights are more work than its maps.
 */
export const MATCH_PART = 10;

/** Images whose batch statistics are shared, in micro-batches, up to which one program takes them all. */
export const WHOLE_MICRO_BATCHES = 4;

/**
 * Operations for each byte of their result from which on batch norm's sweeps keep the result rather than compute it
 * again: about what the byte's way to a worker and back costs.
 */
export const KEPT_FLOPS_PER_BYTE = 50;

/** Images of one message to a worker, in training. */
export const MESSAGE_IMAGES = 32;

/** The same for light networks ({@link LIGHT_FLOPS_PER_WEIGHT}), where an image is less work than a message. */
export const LIGHT_MESSAGE_IMAGES = 256;

/**
 * Operations an image takes for each weight, below which training runs whole messages at once: what a run does once for
 * each weight then outweighs the caches, for which micro-batches are made.
 */
export const MICRO_BATCH_FLOPS_PER_WEIGHT = 350;

/**
 * Operations an image takes for each weight, below which a network is light: gathering gradients from two workers would
 * cost more than both save, so {@link LIGHT_THREADS} threads of one worker share its products instead.
 */
export const LIGHT_FLOPS_PER_WEIGHT = 10;
export const LIGHT_THREADS = 2;

/** Operations of a program of so many images, for each image and weight. */
export function flopsPerWeight(
  { flops }: Pick<Program, "flops">,
  images: number,
  parameters: readonly Pick<Signature, "shape">[],
): number {
  return flops / images / parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Parameters from which on workers divide a step of SGD among them, which takes each of them another message. */
export const DIVIDED_STEP_PARAMETERS = 2 ** 20;

/** Multiply-adds of matrix products that plain TypeScript does in about a second: no threads are started for less. */
export const PLAIN_PRODUCTS = 1e9;

/** Workers of an engine that only multiplies matrices: more wait for memory, not for cores. */
export const PRODUCT_WORKERS = 8;
