// Features and logits of many images, in micro-batches.

import { afterAll, beforeAll, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { Network } from "../../src/nn/index.ts";
import { mul, reshape } from "../../src/tensor/index.ts";
import { networkOutputs } from "../../src/train/index.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

/** Its features are the pixels, its logits their multiples by one parameter. */
const network: Network = {
  name: "multiple",
  options: {},
  input: [1, 1, 3],
  classes: 3,
  parameters: [{ name: "factor", shape: [], initial: { value: 1 } }],
  buffers: [],
  activationCount: 0,
  usesBatchStatistics: false,
  forward(values, images) {
    const features = reshape(images, [images.shape[0], 3]);
    return { activations: [], features, logits: mul(features, values.factor), statistics: {} };
  },
};
const parameters = { factor: { shape: [], data: Float32Array.of(-2) } };

it("come in the order of the images, whatever the micro-batches, and count to the end", async () => {
  const count = 2 * engine.forwardBatch + 5;
  const numbers = Float32Array.from({ length: 3 * count }, (_, i) => i);
  const read = (start: number, length: number): Float32Array => numbers.slice(3 * start, 3 * (start + length));
  const seen: number[] = [];
  const options = { network, parameters, engine, read, count, onProgress: (done: number) => seen.push(done) };
  const features = await networkOutputs({ ...options, what: "features" });
  expect(features).toEqual({ data: numbers, width: 3 });
  expect(seen.at(-1)).toBe(count);
  const out = new Float32Array(3 * count);
  const logits = await networkOutputs({ ...options, what: "logits", allocate: () => out });
  expect(logits.data).toBe(out);
  expect(out).toEqual(numbers.map((number) => -2 * number));
});

it("of parameters that do not fit, and after an abort, there are none", async () => {
  const options = { network, parameters, what: "logits", engine, read: () => new Float32Array(3), count: 1 } as const;
  await expect(networkOutputs({ ...options, parameters: {} })).rejects.toThrow("factor is missing");
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(networkOutputs({ ...options, signal })).rejects.toThrow("enough");
});
