// What a browser can run meets no module of Node, however deep, and takes the engine that it is given or its own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import * as node from "../../src/engine/index.ts";
import { bundleForBrowser } from "../support/bundle.ts";

type Bundled = typeof import("../../src/train/index.ts") &
  typeof import("../../src/nn/index.ts") &
  typeof import("../../src/random/index.ts") &
  typeof import("../../src/engine/index.ts");

const folder = mkdtempSync(join(tmpdir(), "datadam-bundle-"));
const engine = await node.createEngine({ workers: 1 });
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

test.each([
  "tensor",
  "engine",
  "linalg",
  "random",
  "nn",
  "images",
  "augment",
  "train",
  "distill",
  "select",
  "evaluate",
  "nas",
  "statistics",
  "plots",
])("%s needs nothing of Node", async (name) => {
  expect((await bundleForBrowser(`${name}/index.js`)).absent).toEqual([]);
});

test("the check sees a module of Node where there is one", async () => {
  const { absent } = await bundleForBrowser("engine/node/engine.js");
  expect(absent.join("\n")).toContain("node:worker_threads <- dist/engine/node/");
});

test("a bundle for browsers trains with an engine that it is given, and says what its own lacks", async () => {
  const file = join(folder, "bundle.mjs");
  const { code } = await bundleForBrowser("train/index.js", "nn/index.js", "random/index.js", "engine/index.js");
  writeFileSync(file, code);
  const { convnet, createEngine, initialize, Key, Trainer }: Bundled = await import(pathToFileURL(file).href);
  const network = convnet({ channels: 1, size: 8, classes: 2, depth: 1, width: 4 });
  const trainer = new Trainer(network, initialize(network, Key.fromSeed(0)), engine);
  const images = Float32Array.from({ length: 4 * 64 }, (_, i) => Math.cos(i));
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    losses.push(await trainer.step(images, [0, 1, 0, 1], { lr: 0.1, momentum: 0.9, weightDecay: 0 }));
  }
  expect(losses[4]).toBeLessThan(losses[0]);
  const own = await createEngine();
  await expect(
    new Trainer(network, initialize(network, Key.fromSeed(0)), own).correct(images, [0, 1, 0, 1]),
  ).rejects.toMatchObject({
    code: "BACKEND_UNAVAILABLE",
    hint: expect.stringContaining("npm install onnxruntime-web"),
  });
  await own.close();
});
