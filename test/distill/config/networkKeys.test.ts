// The network of a distillation: what the configuration says of it is what it is built with.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type DistillOptions, distill } from "../../../src/distill/index.ts";
import { createEngine, type Engine } from "../../../src/engine/index.ts";
import { type AnyNetworkOptions, buildNetwork } from "../../../src/nn/index.ts";
import { patches } from "../../support/sets.ts";

const set = patches({ size: 8, perClass: 6 });
const base = { ipc: 1, iterations: 1, seed: 4, batchReal: 4, averaging: false, augment: "none", zca: false } as const;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
});
afterAll(() => engine.close());

const imagesOf = async (options: Partial<DistillOptions>): Promise<Float32Array> =>
  (await distill(set, { ...base, engine, ...options }).result).images;

type Options = Pick<AnyNetworkOptions, "width" | "depth" | "norm" | "activation" | "pooling">;
it.each<[arch: "convnet" | "mlp", options: Options]>([
  ["convnet", { width: 4, depth: 1 }],
  ["convnet", { width: 4, depth: 2 }],
  ["convnet", { width: 8, depth: 2 }],
  ["convnet", { width: 4, depth: 2, norm: "none" }],
  ["convnet", { width: 4, depth: 2, norm: "group" }],
  ["convnet", { width: 4, depth: 2, norm: "batch" }],
  ["convnet", { width: 4, depth: 2, activation: "swish" }],
  ["convnet", { width: 4, depth: 2, pooling: "max" }],
  ["convnet", { width: 4, depth: 2, pooling: "none" }],
  ["mlp", { width: 8 }],
  ["mlp", { width: 16 }],
])("%s with %j distils the images of that network given as a function", async (arch, options) => {
  const method = arch === "mlp" ? "dm" : "datadam";
  const configured = await imagesOf({ method, arch, ...options });
  expect(configured).toEqual(
    await imagesOf({ method, network: (images) => buildNetwork(arch, { ...images, ...options }) }),
  );
  // It matters which network it is.
  const other = arch === "mlp" ? { width: 24 } : { width: 12, depth: 2 };
  expect(configured).not.toEqual(await imagesOf({ method, arch, ...other }));
  expect(configured).not.toEqual(await imagesOf({ method, arch, ...options, iterations: 0 }));
});
