// The engine of browsers in real Chromium: its workers, isolated and not, WebGPU by SwiftShader, and Node's numbers.

import { afterAll, expect, test } from "vitest";
import { distill, loadDataset, prepare, presets } from "../../src/index.ts";
import { openChromium, serve } from "../support/chromium.ts";
import { sourceBundle } from "../support/sourceBundle.ts";

type Page = typeof import("../../src/portable.ts") & typeof import("../../src/tensor/index.ts");

const browser = await openChromium();
const bundle = browser && (await sourceBundle(["portable.ts", "tensor/index.ts"]));
afterAll(async () => {
  await browser?.close();
  bundle?.remove();
});

/** Runs a function of the bundle's names in a page. */
async function inPage<A, R>(isolated: boolean, work: (argument: A) => Promise<R>, argument: A): Promise<R> {
  const server = await serve(bundle!.folder, { isolated });
  const page = await browser!.newPage();
  try {
    await page.goto(server.url);
    return await page.evaluate(work as never, argument);
  } finally {
    await page.close();
    server.close();
  }
}

/** Five steps of a small network; gives its losses and how the engine worked. */
async function train({ workers }: { workers?: number }) {
  const { convnet, createEngine, Key, Trainer }: Page = datadam;
  const engine = await createEngine(workers === undefined ? {} : { workers });
  const network = convnet({ channels: 1, size: 8, classes: 2, depth: 1, width: 4 });
  const key = Key.fromSeed(1);
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape }, i) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      return [name, { shape, data: key.fold("p", i).stream().fillNormal(data) }];
    }),
  );
  const trainer = new Trainer(network, parameters, engine);
  const images = key
    .fold("images")
    .stream()
    .fillNormal(new Float32Array(64 * 64));
  const labels = Array.from({ length: 64 }, (_, i) => i % 2);
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    losses.push(await trainer.step(images, labels, { lr: 0.05, momentum: 0.9, weightDecay: 5e-4 }));
  }
  const correct = await trainer.correct(images, labels);
  const result = { losses, correct, workers: engine.workers, isolated: globalThis.crossOriginIsolated };
  await engine.close();
  return result;
}

/** A convolution and what follows it in a network. */
async function convolve(device: "cpu" | "webgpu") {
  const { compile, conv2d, createEngine, input, Key, relu }: Page = datadam;
  const [x, w] = [input("x", [1, 3, 16, 16]), input("w", [4, 3, 3, 3])];
  const draw = (name: string, size: number) => Key.fromSeed(1).fold(name).stream().fillNormal(new Float32Array(size));
  const engine = await createEngine({ device });
  const feeds = { x: draw("x", x.size), w: draw("w", w.size) };
  const { y } = await engine.run(compile("convolve", { y: relu(conv2d(x, w, { padding: 1 })) }), feeds);
  await engine.close();
  return Array.from(y!);
}

interface Letters {
  readonly device: "cpu" | "webgpu";
  readonly batchReal: number;
  readonly pixels: string;
  readonly labels: readonly number[];
}

/** What the first iteration does to the images of the letters A to J, one a class. */
async function firstUpdate({ device, batchReal, ...images }: Letters) {
  const { createEngine, distill, imageSet, prepare, presets }: Page = datadam;
  const pixels = Uint8Array.from(atob(images.pixels), (byte) => byte.charCodeAt(0));
  const engine = await createEngine({ device });
  const set = imageSet({ name: "letters", ...images, pixels, shape: [1, 32, 32], flippable: false });
  const options = { ...presets.quick, ipc: 1, batchReal, engine };
  const prepared = await prepare(set, { zca: false });
  const before = (await distill(prepared, { ...options, iterations: 0 }).result).images;
  const after = (await distill(prepared, { ...options, iterations: 1 }).result).images;
  const update = Array.from(after, (x, i) => x - before[i]!);
  await engine.close();
  return update;
}

test.skipIf(browser === undefined)(
  "trains in workers that share memory, and alone in one, to the same bits",
  async () => {
    const shared = await inPage(true, train, { workers: 2 });
    expect(shared).toMatchObject({ workers: 2, isolated: true });
    expect(shared.losses[4]).toBeLessThan(shared.losses[0]!);
    const one = await inPage(false, train, {});
    expect(one).toEqual({ ...shared, workers: 1, isolated: false });
  },
);

test.skipIf(browser === undefined)("computes on WebGPU, to nearly the same numbers", async () => {
  const gpu = await inPage(true, convolve, "webgpu");
  const cpu = await inPage(true, convolve, "cpu");
  expect(cpu.length).toBe(4 * 16 * 16);
  for (const [i, x] of cpu.entries()) expect(gpu[i]).toBeCloseTo(x, 3);
});

test.skipIf(browser === undefined).each([
  ["cpu", presets.quick.batchReal],
  // SwiftShader is slow.
  ["webgpu", 8],
] as const)("the first iteration on %s changes the letters as under Node", async (device, batchReal) => {
  const { train: set } = await loadDataset("builtin");
  const options = { ...presets.quick, ipc: 1, batchReal };
  const prepared = await prepare(set, { zca: false });
  const before = (await distill(prepared, { ...options, iterations: 0 }).result).images;
  const after = (await distill(prepared, { ...options, iterations: 1 }).result).images;
  const update = after.map((x, i) => x - before[i]!);
  const pixels = Buffer.from(set.pixels).toString("base64");
  const there = await inPage(true, firstUpdate, { device, batchReal, pixels, labels: [...set.labels] });
  const largest = Math.max(...update.map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  const apart = Math.max(...update.map((x, i) => Math.abs(x - there[i]!)));
  expect(apart / largest).toBeLessThan(1e-3);
});
