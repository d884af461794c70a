// What tests of jobs share: small images, readers handed in, a few iterations.

import { createEngine } from "../../src/engine/index.ts";
import { type Dataset, imageSet } from "../../src/images/index.ts";
import {
  type Event,
  type JobValue,
  type LabOptions,
  loaded,
  memory,
  type Readers,
  run,
  type Storage,
} from "../../src/lab/index.ts";

const CLASSES = ["ant", "bee", "cat"];

function images(name: string, count: number, offset: number): ReturnType<typeof imageSet> {
  const labels = Uint16Array.from({ length: count }, (_, i) => i % CLASSES.length);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const label = labels[Math.floor(i / 64)]!;
    return (128 + 90 * Math.sin((i % 64) * (label + 1) * 0.7 + offset) + ((i * 7919 + offset) % 31)) & 255;
  });
  return imageSet({ name, pixels, labels, shape: [1, 8, 8], classNames: CLASSES, flippable: true });
}

/** Thirty images of 8 x 8 px for training, twelve for testing. */
export const tiny: Dataset = { name: "tiny", train: images("tiny/train", 30, 0), test: images("tiny/test", 12, 5) };

/** Readers that know `tiny` alone, and storages by name. */
export function readersOf(storages: Readonly<Record<string, Storage>> = {}): Readers {
  return {
    dataset: (options) => loaded(tiny, options),
    storage: (path) => storages[path] ?? memory(path),
    file: async () => undefined,
  };
}

/** A distillation of a few seconds. */
export const small: JobValue & { readonly method: Readonly<Record<string, unknown>> } = {
  kind: "distill",
  data: { dataset: "tiny" },
  method: { preset: "quick", ipc: 1, iterations: 6, width: 8, batchReal: 4 },
  execution: { workers: 1 },
} as never;

/** With overrides of the method. */
export function smallWith(method: Readonly<Record<string, unknown>>): JobValue {
  return { ...small, method: { ...small.method, ...method } } as never;
}

/** Runs to the end, or to where it stops. Gives all events; a failure is thrown. */
export async function drive(job: JobValue, storage: Storage, options: Partial<LabOptions> = {}): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of run(job, storage, { engine: createEngine, readers: readersOf(), ...options })) {
    events.push(event);
  }
  return events;
}

/** The types of events, without progress and rows. */
export function types(events: readonly Event[]): string[] {
  return events.map(({ type }) => type).filter((type) => type !== "progress" && type !== "row");
}
