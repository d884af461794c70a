// The classifier that the tab gives as ONNX: run by ONNX Runtime in Node, beside the network that the tab trained.

import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { servePage } from "../../src/cli/browser/serve.ts";
import { createEngine } from "../../src/engine/index.ts";
import { decodeSafetensors, encodePng } from "../../src/formats/index.ts";
import type { ClassifierResult } from "../../src/lab/index.ts";
import { type Arrays, buildNetwork } from "../../src/nn/index.ts";
import { networkOutputs } from "../../src/train/index.ts";
import { openChromium } from "../support/chromium.ts";

const browser = await openChromium();
const server = await servePage(undefined);
afterAll(async () => {
  await browser?.close();
  await server.close();
});

const SIZE = 32;
const LONGEST = { timeout: 240_000 };
const [TRAIN, TEST] = [6, 40];
const NAMES = ["<b>dark", "grey", "light"];

/** Stripes of a width of each class under noise, so that networks err. */
function noisy(label: number, index: number): Uint8Array {
  let state = 1 + label + 3 * index;
  return Uint8Array.from({ length: SIZE * SIZE }, (_, at) => {
    state = (state * 48_271) % 2_147_483_647;
    return 128 + 30 * Math.sin((((at % SIZE) + index) * 2) / (1 + label)) + ((state % 181) - 90) * 0.3;
  });
}

function archive(): Buffer {
  const entries = NAMES.flatMap((name, label) =>
    Array.from({ length: TRAIN + TEST }, (_, i) => {
      const path = `${i < TRAIN ? "train" : "test"}/${name}/${String(i).padStart(3, "0")}.png`;
      return [path, encodePng(noisy(label, i), { width: SIZE, height: SIZE, channels: 1 })] as const;
    }),
  );
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}

const text = (page: Page, selector: string) => page.locator(selector).textContent();

/** Files of a folder of the site's own storage. */
async function filesOf(page: Page, folder: string): Promise<Map<string, Uint8Array>> {
  const files = await page.evaluate(async (path) => {
    let place = await navigator.storage.getDirectory();
    for (const name of path.split("/")) place = await place.getDirectoryHandle(name);
    const found: [string, number[]][] = [];
    for await (const [name, handle] of place as unknown as AsyncIterable<[string, FileSystemHandle]>) {
      if (handle.kind === "directory") continue;
      const file = await (handle as FileSystemFileHandle).getFile();
      found.push([name, [...new Uint8Array(await file.arrayBuffer())]]);
    }
    return found;
  }, folder);
  return new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
}

const softmax = (row: readonly number[]): number[] => {
  const largest = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - largest));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
};

test.skipIf(browser === undefined)(
  "gives a classifier with the probabilities of its network and the accuracy that it shows",
  { timeout: 300_000 },
  async () => {
    const page = await browser!.newPage();
    await page.goto(server.url);
    await page.setInputFiles("#zip", { name: "mine.zip", mimeType: "application/zip", buffer: archive() });
    await page.fill("#iterations", "2");
    await page.click("#go");
    await expect.poll(() => text(page, "#stage"), LONGEST).toBe("finished");
    const [, shown] = /Synthetic images[\d.]+ %([\d.]+) %/.exec((await text(page, "#rows"))!)!;
    const [download] = await Promise.all([
      page.waitForEvent("download", LONGEST),
      page.click('[data-download="onnx"]'),
    ]);
    expect(download.suggestedFilename()).toBe("classifier.onnx");
    await expect.poll(() => text(page, "#stage"), LONGEST).toContain(`with ${shown} %`);

    const images = NAMES.flatMap((_, label) => Array.from({ length: TEST }, (_, i) => noisy(label, TRAIN + i)));
    const count = images.length;
    const pixels = Uint8Array.from(images.flatMap((image) => [...image]));
    const file = readFileSync(await download.path());
    expect(file.includes(JSON.stringify(NAMES))).toBe(true);
    const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
    const output = await session.run({ images: new Tensor("uint8", pixels, [count, 1, SIZE, SIZE]) });
    const given = output.probabilities!.data as Float32Array;
    const row = (i: number): number[] => [...given.subarray(3 * i, 3 * i + 3)];
    const correct = images.filter((_, i) => row(i).indexOf(Math.max(...row(i))) === Math.floor(i / TEST)).length;
    expect(((100 * correct) / count).toFixed(1)).toBe(shown);
    expect(correct).toBeGreaterThan(count / 3);
    expect(correct).toBeLessThan(count);

    // The network as the tab's last checkpoint holds it, run as programs of the engine.
    const finished = JSON.parse(Buffer.from((await filesOf(page, "tab/classifier")).get("finished.json")!).toString());
    const { network: facts } = finished.result as ClassifierResult;
    const checkpoints = await filesOf(page, "tab/classifier/checkpoints");
    const last = [...checkpoints.keys()].sort((a, b) => Number(a.split(/\D+/)[1]) - Number(b.split(/\D+/)[1])).at(-1)!;
    const { tensors } = decodeSafetensors(checkpoints.get(last)!);
    const kept = Object.entries(tensors).flatMap(([name, { shape, data }]) =>
      /^(parameters|buffers)\//.test(name) ? [[name.replace(/^\w+\//, ""), { shape, data }] as const] : [],
    );
    const { name, ...options } = facts;
    const { metadata } = decodeSafetensors((await filesOf(page, "tab/run")).get("synthetic.safetensors")!);
    const { mean, std } = JSON.parse(metadata.normalization!) as { mean: [number]; std: [number] };
    const engine = await createEngine({ workers: 1 });
    const { data } = await networkOutputs({
      ...{
        network: buildNetwork(name, options as never),
        parameters: Object.fromEntries(kept) as Arrays,
        engine,
        count,
      },
      what: "logits",
      read: (start, length) =>
        Float32Array.from(
          pixels.subarray(start * SIZE * SIZE, (start + length) * SIZE * SIZE),
          (x) => (x / 255 - mean[0]) / std[0],
        ),
    });
    await engine.close();
    for (let i = 0; i < count; i++) {
      for (const [c, p] of softmax([...data.subarray(3 * i, 3 * i + 3)]).entries()) expect(row(i)[c]).toBeCloseTo(p, 4);
    }
    await page.close();
  },
);
