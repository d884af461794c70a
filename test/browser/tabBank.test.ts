// A bank that is given to the tab: distilled from without images, to Node's numbers; beside its images and others;
// damaged.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servePage } from "../../src/cli/browser/serve.ts";
import { decodeSafetensors, encodePng } from "../../src/formats/index.ts";
import { type GivenFile, keepBank } from "../../src/lab/browser/index.ts";
import { bankSettings, job, memory, openBank, run } from "../../src/lab/index.ts";
import { defaults, folder } from "../../src/lab/node/index.ts";
import { openChromium } from "../support/chromium.ts";

const browser = await openChromium();
const server = await servePage(undefined);
const above = mkdtempSync(join(tmpdir(), "datadam-tab-bank-"));
/** Its name is text, wherever it is shown. */
const NAME = "<img src=x>bank";
const place = join(above, NAME);
const options = { ...defaults, cache: undefined };

beforeAll(async () => {
  mkdirSync(place);
  const method = { preset: "quick", width: 8, batchReal: 16, networks: 3, draws: 1 };
  await run({ kind: "bank", data: { dataset: "builtin" }, method, execution: { workers: 1 } }, folder(place), options)
    .result;
});
afterAll(async () => {
  await browser?.close();
  await server.close();
  rmSync(above, { recursive: true });
});

/** The files of the bank, below a folder of its name. */
function files(): Record<string, Uint8Array> {
  const paths = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(above.length + 1), new Uint8Array(readFileSync(path))];
    }),
  );
}

const zipped = (content: Record<string, Uint8Array>): Buffer => Buffer.from(zipSync(content));
const given = (path: string, bytes: Uint8Array): GivenFile => ({
  path,
  size: bytes.length,
  read: async () => Uint8Array.from(bytes),
});

describe("keepBank", () => {
  test("copies what a distillation reads, of a folder and of a zip", async () => {
    const all = files();
    const storages = [memory(), memory()];
    await keepBank(
      Object.entries(all).map(([path, bytes]) => given(path, bytes)),
      storages[0]!,
    );
    await keepBank([given("bank.zip", zipped(all))], storages[1]!);
    for (const storage of storages) {
      expect((await openBank(storage)).id).toBe((await openBank(folder(place))).id);
      expect(await bankSettings(storage)).toEqual(await bankSettings(folder(place)));
      expect(await storage.list()).toEqual(["job.json", "record.json", "statistics/"]);
      const [statistics] = await storage.list("statistics");
      expect(await storage.list(`statistics/${statistics!.slice(0, -1)}`)).toHaveLength(4);
    }
  });

  test.each([
    ["without a bank", { "a/1.png": Uint8Array.of(1) }, 'No bank in "bank": there is no record.json'],
    ["with a path that leads out", { "../record.json": Uint8Array.of(1) }, "leads out of the archive"],
  ])("refuses a zip %s", async (_, content, message) => {
    await expect(keepBank([given("bank.zip", zipped(content as never))], memory())).rejects.toThrow(message);
  });
});

const text = (page: Page, selector: string) => page.locator(selector).textContent();
const LONGEST = { timeout: 240_000 };

async function open(): Promise<Page> {
  const page = await browser!.newPage();
  await page.goto(server.url);
  await page.fill("#iterations", "3");
  return page;
}

test.skipIf(browser === undefined)(
  "distils from a bank alone, to the images of Node, and says why there are no accuracies",
  { timeout: 300_000 },
  async () => {
    const { method } = await bankSettings(folder(place));
    const wanted = { ...method, ipc: 1, iterations: 3, init: "noise" };
    const there = memory();
    await run(job({ kind: "distill", bank: place, method: wanted, execution: { workers: 1 } }), there, options).result;

    const page = await open();
    await page.setInputFiles("#bank-folder", place);
    expect(await text(page, "#bank-given")).toContain(NAME);
    await page.click("#go");
    await expect.poll(() => text(page, "#stage"), LONGEST).toBe("finished");
    expect(await text(page, "#facts")).toBe("A bank of builtin and no images in 10 classes, 32 x 32 px, grey");
    expect(await text(page, "#verdict")).toContain("There are no accuracies, and no classifier: there are no images");
    expect(await page.locator("#accuracies, #classifier").filter({ visible: true }).count()).toBe(0);
    expect(await page.locator("#grid canvas").count()).toBe(10);

    const click = page.click('[data-download="safetensors"]');
    const [download] = await Promise.all([page.waitForEvent("download"), click]);
    const [mine, theirs] = [readFileSync(await download.path()), (await there.read("synthetic.safetensors"))!].map(
      (bytes) => decodeSafetensors(bytes).tensors.images!.data as Float32Array,
    );
    const largest = Math.max(...theirs!.map(Math.abs));
    expect(mine!.length).toBe(theirs!.length);
    expect(Math.max(...mine!.map((x, i) => Math.abs(x - theirs![i]!))) / largest).toBeLessThan(1e-3);

    // What is kept says the same later, without the folder.
    await page.reload();
    await expect.poll(() => text(page, "#earlier-text"), LONGEST).toContain(`the bank ${NAME}`);
    await expect.poll(() => text(page, "#verdict"), LONGEST).toContain("There are no accuracies");
    await page.click("#forget");
    await page.close();
  },
);

test.skipIf(browser === undefined)("distils from a bank beside its images, and refuses others", async () => {
  const page = await open();
  await page.setInputFiles("#bank-zip", { name: "b.zip", mimeType: "application/zip", buffer: zipped(files()) });
  await page.check('[name="source"][value="letters"]');
  await page.click("#go");
  await expect.poll(() => text(page, "#caption"), LONGEST).toContain("after iteration 3");
  expect(await text(page, "#facts")).toContain("2500 images for training");
  await page.click("#stop");
  await expect.poll(() => page.isEnabled("#go"), LONGEST).toBe(true);

  const image = encodePng(new Uint8Array(1024), { width: 32, height: 32, channels: 1 });
  const others = Object.fromEntries(["a/1", "a/2", "b/1", "b/2"].map((path) => [`${path}.png`, image]));
  await page.setInputFiles("#zip", { name: "o.zip", mimeType: "application/zip", buffer: zipped(others) });
  await page.click("#go");
  await expect.poll(() => text(page, "#error"), LONGEST).toMatch(/is a bank of builtin.* these are other images/);
  await page.close();
});

test.skipIf(browser === undefined)("shows why a damaged bank is refused", async () => {
  const all = files();
  const draw = Object.keys(all).find((path) => path.includes("/n00002."))!;
  const damaged = Uint8Array.from(all[draw]!);
  damaged[damaged.length - 1]! ^= 1;
  const page = await open();
  const buffer = zipped({ ...all, [draw]: damaged });
  await page.setInputFiles("#bank-zip", { name: "b.zip", mimeType: "application/zip", buffer });
  await page.click("#go");
  await expect.poll(() => text(page, "#error"), LONGEST).toMatch(/n00002\.d000\.safetensors is damaged/);
  await page.close();
});
