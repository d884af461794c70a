// One case of the cost of methods, in the process that runs it: seconds a step, and the memory that it takes.

import { distill } from "../../../distill/index.ts";
import type { Engine } from "../../../engine/types.ts";
import type { PreparedSet } from "../../../images/types.ts";
import { Key } from "../../../random/index.ts";
import { median } from "../../../statistics/index.ts";
import type { BenchCase, Cost, Gauges } from "./types.ts";

/** Of the size of CIFAR-10's, with a tenth of its training images. */
const [CLASSES, PER_CLASS, SHAPE] = [10, 500, [3, 32, 32] as const];

/**
 * Distils random images for a few steps.
 *
 * @param gauges of this process. Default: processor time and memory are not measured.
 * @throws DatadamError as `distill`
 */
export async function measureCase(
  { config, repeats }: Pick<BenchCase, "config" | "repeats">,
  engine: Engine,
  { gauges, signal }: { readonly gauges?: Gauges; readonly signal?: AbortSignal } = {},
): Promise<Cost> {
  const run = distill(randomSet(), { ...config, zca: false, iterations: 1 + repeats, engine, signal });
  const [runs, cpu]: [number[], number[]] = [[], []];
  let before = gauges?.processorSeconds() ?? 0;
  for await (const { seconds } of run) {
    signal?.throwIfAborted();
    const now = gauges?.processorSeconds() ?? 0;
    runs.push(seconds);
    cpu.push(now - before);
    before = now;
  }
  const matches = Number(run.snapshot().provenance.outerLoops ?? 1);
  const seconds = median(runs.slice(1));
  return {
    seconds,
    perMatch: seconds / matches,
    matches,
    cpu: gauges === undefined ? null : median(cpu.slice(1)),
    memoryMb: gauges?.peakMemory() ?? null,
    runs: runs.slice(1),
    workers: engine.workers,
  };
}

/** Random numbers of mean 0 and variance 1 as prepared images. */
function randomSet(): PreparedSet {
  const size = SHAPE[0] * SHAPE[1] * SHAPE[2];
  const count = CLASSES * PER_CLASS;
  const pixels = Key.fromSeed(0)
    .stream()
    .fillUniform(new Float32Array(count * size), -Math.sqrt(3), Math.sqrt(3));
  return {
    name: "random",
    count,
    shape: SHAPE,
    classNames: Array.from({ length: CLASSES }, (_, c) => `class ${c}`),
    labels: Uint16Array.from({ length: count }, (_, i) => i % CLASSES),
    preprocessing: { normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, zca: undefined },
    flippable: true,
    read(indices, out = new Float32Array(indices.length * size)) {
      for (let i = 0; i < indices.length; i++) {
        out.set(pixels.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
      }
      return out;
    },
  };
}
