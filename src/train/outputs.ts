// Outputs of a network for many images: features or logits, in micro-batches.

import pMap from "p-map";
import type { Binding, Engine, Program } from "../engine/types.ts";
import { type Arrays, checkParameters, initialBuffers, type Network } from "../nn/index.ts";
import { outputProgram } from "./programs.ts";

export interface OutputsOptions {
  readonly network: Network;
  /** Parameters by `state_dict` name, and running statistics (default: those of a fresh network). */
  readonly parameters: Arrays;
  /** `features`: the flattened last ones, before the classifier. */
  readonly what: "features" | "logits";
  readonly engine: Engine;
  /** Images in turn: NCHW, in the space that the network sees. */
  readonly read: (start: number, count: number) => Float32Array;
  readonly count: number;
  /** Where to: `[count, d]`, given once `d` is known. Default: a new array. */
  readonly allocate?: (length: number) => Float32Array;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of images done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Micro-batches that are read before the first of them is done: enough to keep every worker busy. */
const AHEAD = 8;

let bindings = 0;

/**
 * Features or logits of `count` images, with running statistics where there are some: float32 `[count, d]`. Numbers
 * depend on the images and the parameters only, not on the number of workers.
 *
 * @throws RangeError where the parameters do not fit the network.
 */
export async function networkOutputs(options: OutputsOptions): Promise<{ data: Float32Array; width: number }> {
  const { network, parameters, what, engine, read, count, signal, onProgress } = options;
  const arrays = { ...initialBuffers(network), ...parameters };
  const binding: Binding = { id: `outputs${bindings++}`, values: checkParameters(network, arrays) };
  const programs = new Map<number, Program>();
  const programFor = (length: number): Program => {
    const program = programs.get(length) ?? outputProgram(network, length, what);
    programs.set(length, program);
    return program;
  };
  const batch = engine.forwardBatch;
  const width = programFor(Math.min(batch, Math.max(1, count))).outputs[0].shape[1];
  const data = (options.allocate ?? ((length) => new Float32Array(length)))(count * width);
  let done = 0;
  const runBatch = async (index: number): Promise<void> => {
    signal?.throwIfAborted();
    const start = index * batch;
    const length = Math.min(batch, count - start);
    const { output } = await engine.run(programFor(length), { images: read(start, length) }, binding);
    data.set(output, start * width);
    done += length;
    onProgress?.(done);
  };
  await pMap(Array(Math.ceil(count / batch)).keys(), runBatch, { concurrency: AHEAD * engine.workers });
  return { data, width };
}
