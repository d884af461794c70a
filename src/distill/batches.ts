// Images in micro-batches: as many at once as a device likes.

import type { Binding, Engine, Feeds, Program } from "../engine/types.ts";

/**
 * Runs of at most `most` that cover `0 .. count`: equally long where they can be without being much shorter, so that
 * one program does.
 */
export function split(count: number, most: number): { start: number; length: number }[] {
  const length = equalLength(count, most);
  return Array.from({ length: Math.ceil(count / length) }, (_, i) => ({
    start: i * length,
    length: Math.min(length, count - i * length),
  }));
}

function equalLength(count: number, most: number): number {
  for (let length = most; length >= most / 2; length--) if (count % length === 0) return length;
  return most;
}

export interface MeansOptions {
  readonly engine: Engine;
  /** NCHW. */
  readonly images: Float32Array;
  /** Numbers an image. */
  readonly size: number;
  /** Images at once. */
  readonly most: number;
  /** Outputs sums over `length` images (input `images`). */
  readonly program: (length: number) => Program;
  /** Its other inputs. */
  readonly common?: Feeds;
  readonly parameters: Binding;
}

/** The outputs of a program as means over all images. Sums are taken in one order, whatever the workers do. */
export async function meansOverImages(options: MeansOptions): Promise<Record<string, Float32Array>> {
  const { engine, images, size, most, program, common = {}, parameters } = options;
  const count = images.length / size;
  const groups = new Map<number, Feeds[]>();
  for (const { start, length } of split(count, most)) {
    const batch = { images: images.subarray(start * size, (start + length) * size) };
    groups.set(length, [...(groups.get(length) ?? []), batch]);
  }
  const parts = await Promise.all(
    [...groups].map(([length, batches]) => engine.sum(program(length), common, batches, parameters)),
  );
  return Object.fromEntries(
    Object.keys(parts[0]).map((name) => [
      name,
      parts[0][name].map((_, i) => parts.reduce((total, part) => total + part[name][i], 0) / count),
    ]),
  );
}
