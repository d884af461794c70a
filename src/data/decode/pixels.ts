// Small parts that every adapter needs: shared memory and channel statistics.

import { DatadamError } from "../../errors.ts";
import { gibibytes, MAX_SET_BYTES } from "../../images/index.ts";
import type { ImageSet } from "../../images/types.ts";
import { sharedMemory } from "../../sharedMemory.ts";

export { channelStatistics, inMemory } from "../../images/index.ts";

/** Bytes that worker threads can see. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(sharedMemory(length));
}

/** Labels that worker threads can see. */
export function sharedLabels(length: number): Uint16Array {
  return new Uint16Array(sharedMemory(length * 2));
}

/** @throws DatadamError INVALID_OPTION where so many images would take more than {@link MAX_SET_BYTES} */
export function checkMemory(name: string, count: number, [c, h, w]: ImageSet["shape"]): void {
  const bytes = count * c * h * w;
  if (bytes <= MAX_SET_BYTES) return;
  throw new DatadamError(
    "INVALID_OPTION",
    `${count} images of ${c} x ${h} x ${w} of "${name}" would take ${gibibytes(bytes)} GiB of memory; ` +
      `the limit is ${gibibytes(MAX_SET_BYTES)} GiB.`,
    {
      hint:
        "Ask for smaller images (`size`), for grey ones (`channels` 1), or use fewer images. " +
        "Folders and zip archives may stay on the disk (`store` disk).",
    },
  );
}

/** Turns every square plane of `side * side` pixels over its diagonal, in place: rows become columns. */
export function transposePlanes(pixels: Uint8Array, side: number): void {
  for (let at = 0; at < pixels.length; at += side * side) {
    for (let y = 1; y < side; y++) {
      for (let x = 0; x < y; x++) {
        const [a, b] = [at + y * side + x, at + x * side + y];
        const pixel = pixels[a];
        pixels[a] = pixels[b];
        pixels[b] = pixel;
      }
    }
  }
}
