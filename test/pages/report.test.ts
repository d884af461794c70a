// Reports: read from runs and tables, written as one file, looked at in a real browser.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { encodePng } from "../../src/formats/index.ts";
import { imageSet, prepareWith } from "../../src/images/index.ts";
import { loaded, memory, type Readers, readSet, type Storage } from "../../src/lab/index.ts";
import { html, scriptJson } from "../../src/pages/html.ts";
import {
  byFeatures,
  byPixels,
  type Encoder,
  type GatheredRun,
  gatherRun,
  nearestImages,
  reportDocument,
} from "../../src/pages/index.ts";
import { assetsOf, webp } from "../../src/pages/node/index.ts";
import { seen } from "../../src/quoted.ts";
import { protocols } from "../../src/train/index.ts";
import { drive, readersOf, smallWith, tiny } from "../lab/support.ts";
import { seriousFaults } from "../support/chromium.ts";
import { HOSTILE, hasChromium, launch, openPage } from "./browser.ts";

const train = { ...tiny.train, classNames: HOSTILE };
const readers: Readers = {
  ...readersOf(),
  dataset: (options) => loaded({ ...tiny, train, test: { ...tiny.test!, classNames: HOSTILE } }, options),
};

/** A run of hostile classes, with an evaluation. */
async function made(iterations: number): Promise<Storage> {
  const storage = memory("runs/a");
  await drive(smallWith({ iterations, ipc: 2 }), storage, { readers, peakMemory: () => 300 * 2 ** 20 });
  const protocol = { ...protocols.quick, name: "short", epochs: 2 };
  const job = { kind: "evaluate", set: "runs/a", networks: 2, protocol, execution: { workers: 1 } } as never;
  const around = { ...readers, storage: (path: string) => (path === "runs/a" ? storage : memory(path)) };
  await drive(job, storage.at("evaluations/one"), { readers: around });
  return storage;
}

async function written(runs: readonly GatheredRun["run"][]): Promise<string> {
  const recipes = { a: [{ title: "In a shell", text: "echo '</script>' && true" }] };
  return reportDocument({ title: `Report of ${HOSTILE[0]}`, parts: runs, recipes, made: "now" }, assetsOf("report"));
}

let storage: Storage;
let gathered: GatheredRun;
let run: GatheredRun["run"];
beforeAll(async () => {
  storage = await made(20);
  gathered = await gatherRun(storage, "a", webp);
  const { set, shown } = gathered;
  run = { ...gathered.run, nearest: await nearestImages(set, shown, train, byPixels(train), webp) };
});

describe("markup", () => {
  it("is what stands in a page's own text, never what is put into it", () => {
    const name = `<b title="x">'&'</b>`;
    expect(html`<p title="${name}">${name}${[1, html`<i>${2}</i>`]}${false}${undefined}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;">&lt;b title=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;1<i>2</i></p>',
    );
    expect(seen("a\u0000b\u202ec\td")).toBe("a\\u0000b\\u202ec\td");
  });

  it("cannot end a script by its data, which stay the same", () => {
    const value = { name: "</script><!--\u2028\u2029&" };
    const { text } = scriptJson(value);
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe("a gathered run", () => {
  it("has images of all stages, losses, evaluations and facts", async () => {
    expect(run.stages.map(({ iteration, type, images }) => [iteration, type, images.length])).toEqual([
      ...[0, 1, 2, 5, 10].map((iteration) => [iteration, "image/webp", 6]),
      [20, "image/png", 6],
    ]);
    expect(run.labels).toEqual([0, 0, 1, 1, 2, 2]);
    expect(run.losses[0]!.name).toBe("loss");
    expect(run.losses[0]!.points).toHaveLength(20);
    expect(run.losses.map(({ name }) => name)).toContain("attention 1");
    expect(run.evaluations[0]!.distilled.confusion).toHaveLength(2);
    expect(Object.fromEntries(run.facts)).toMatchObject({
      ...{ "data set": "tiny/train", seed: "0" },
      "memory at most": "300 MiB",
    });
  });

  it("of an earlier version has its end alone, and no answers by class", async () => {
    const old = memory();
    for (const name of ["record.json", "synthetic.safetensors"]) await old.write(name, (await storage.read(name))!);
    const evaluations = run.evaluations.map(({ distilled: { byClass: _, confusion: __, ...distilled }, ...rest }) => ({
      ...rest,
      distilled,
    }));
    await old.write("result.json", JSON.stringify({ evaluations }));
    const { run: read } = await gatherRun(old, "old", webp);
    expect(read.stages.map(({ iteration }) => iteration)).toEqual([20]);
    expect(read.losses).toEqual([]);
    const text = await written([read]);
    expect(text).not.toContain('id="classes"');
    expect(text).toContain('id="accuracy"');
  });
});

describe("nearest real images", () => {
  it("are those of the same class with the least distance", async () => {
    const set = await readSet(storage);
    const own = byPixels(train);
    const [vector] = await own.synthetic(set, [3]);
    const distances = [...train.labels.keys()].map((index) =>
      Math.sqrt([...train.image(index)].reduce((sum, pixel, i) => sum + (pixel - vector![i]!) ** 2, 0) / 64),
    );
    const candidates = distances.filter((_, index) => train.labels[index] === set.labels[3]);
    expect(run.nearest!.distances[3]).toBeCloseTo(Math.min(...candidates), 1);
    expect(Math.min(...distances)).toBeLessThanOrEqual(Math.min(...candidates));
  });

  it("by features are those that a network sees alike: of a real image, itself", async () => {
    const engine = await createEngine({ workers: 1 });
    try {
      const { set } = gathered;
      const picks = [4, 11, 2];
      const images = Float32Array.from((await prepareWith(set.preprocessing, train)).read(picks));
      const like = { ...set, images, labels: Uint16Array.from(picks, (index) => train.labels[index]!) };
      const { encoded, encoder } = recording();
      const comparison = await byFeatures(like, train, engine);
      expect(comparison.by).toContain("features of a random convnet");
      const { distances } = await nearestImages(like, [0, 1, 2], train, comparison, encoder);
      expect(encoded).toEqual(picks.map((index) => train.image(index)));
      expect(Math.max(...distances)).toBeLessThan(1e-4);
      // Features differ from one image to another: not all are as near.
      const [mine, others] = [await comparison.synthetic(like, [0]), await comparison.real([5])];
      expect(Math.max(...Array.from(mine[0]!, (x, i) => Math.abs(x - others[0]![i]!)))).toBeGreaterThan(1e-3);
    } finally {
      await engine.close();
    }
  });

  it("of a set of several images in each are put together in the same way", async () => {
    // Each quarter is the shrunken copy of a real image: that image is its nearest.
    const pixels = Uint8Array.from({ length: 8 * 64 }, (_, i) => (Math.floor(i / 64) * 29 + 10) & 255);
    const real = imageSet({ name: "flat", pixels, labels: new Uint16Array(8), shape: [1, 8, 8], classNames: ["x"] });
    const picks = [5, 2, 7, 0];
    const images = Float32Array.from({ length: 64 }, (_, i) => {
      const part = 2 * Math.floor(i / 32) + Math.floor((i % 8) / 4);
      return pixels[picks[part]! * 64]! / 255;
    });
    const plain = { mean: [0], std: [1] };
    const set = { ...gathered.set, images, labels: Uint16Array.of(0), factor: 2, shape: [1, 8, 8] as const };
    const like = { ...set, preprocessing: { normalization: plain, zca: undefined }, classNames: ["x"] };
    const { encoded, encoder } = recording();
    const { distances } = await nearestImages(like, [0], real, byPixels(real), encoder);
    expect([0, 4, 32, 36].map((at) => encoded[0]![at])).toEqual(picks.map((pick) => pixels[pick * 64]));
    expect(distances[0]).toBeLessThan(15);
  });
});

describe("a report", () => {
  it("is one file that loads nothing, in which hostile names are data", async () => {
    const text = await written([run, { ...run, name: HOSTILE[0]! }]);
    expect(text).not.toMatch(/(src|href)="(?!data:|#)/);
    expect(text).not.toContain("<img src=x");
    for (const unseen of ["\u0007", "\u202e", "\u2028"]) expect(text).not.toContain(unseen);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text).toContain("\\u202eright to left\\u2028line");
  });
});

/** An encoder that keeps what it is given. */
function recording() {
  const encoded: Uint8Array[] = [];
  const encoder = {
    type: "x",
    async encode(bytes: Uint8Array) {
      encoded.push(bytes.slice());
      return new Uint8Array(1);
    },
  };
  return { encoded, encoder };
}

describe("accuracies in a report", () => {
  it("are those of random, chosen, distilled and all images, each with its spread and a dot for each network", async () => {
    const [entry] = run.evaluations;
    const whole = { ...entry!.distilled, mean: 87.5, std: 1.25, accuracies: [86.25, 88.75] };
    const chosen = { ...entry!.distilled, method: "k-means" };
    const text = await written([{ ...run, evaluations: [{ ...entry!, chosen, whole }] }]);
    const [section] = /<section id="accuracy".*?<\/section>/s.exec(text)!;
    const rows = [...section.matchAll(/<th scope="row">([^<]+)<\/th>/g)].map(([, name]) => name);
    expect(rows).toEqual(["random real", "k-means", "distilled", "whole set"]);
    expect(section).toContain("87.5 ± 1.3");
    for (const label of ["87.50 ± 1.25 %", "network 1: 86.25 %", "network 2: 88.75 %"]) {
      expect(section).toContain(`<title>${label}</title>`);
    }
  });
});

describe("the size of a report", () => {
  it("stays below 3 MB at 10 images for each of 10 classes, though they be noise", async () => {
    const count = 100;
    const size = 3 * 32 * 32;
    const pixels = new Uint8Array(7 * count * size);
    let state = 1;
    for (let i = 0; i < pixels.length; i++) {
      state = (state * 48_271) % 2_147_483_647;
      pixels[i] = state >> 8;
    }
    const labels = Array.from({ length: count }, (_, i) => Math.floor(i / 10));
    const classNames = Array.from({ length: 10 }, (_, i) => `class ${i}`);
    const encode = async (stage: number, { encode }: Pick<Encoder, "encode">): Promise<string[]> => {
      const images = labels.map((_, i) => pixels.subarray((stage * count + i) * size, (stage * count + i + 1) * size));
      return Promise.all(images.map(async (image) => Buffer.from(await encode(image, [3, 32, 32])).toString("base64")));
    };
    const png = { encode: async (image: Uint8Array) => encodePng(image, { width: 32, height: 32, channels: 3 }) };
    const stages = await Promise.all(
      [0, 10, 50, 100, 250, 500, 1000].map(async (iteration, i) =>
        iteration === 1000
          ? { iteration, type: "image/png", images: await encode(i, png) }
          : { iteration, type: webp.type, images: await encode(i, webp) },
      ),
    );
    const nearest = { by: "pixels", type: webp.type, images: stages[0]!.images, distances: labels };
    const losses = Array.from({ length: 8 }, (_, i) => ({
      name: `part ${i}`,
      style: "curve" as const,
      points: Array.from({ length: 160 }, (_, x) => ({ x, y: 1 + ((x * 7919) % 101), low: 1, high: 102 })),
    }));
    const large = { ...run, stages, nearest, losses, labels, classNames, count, shape: [3, 32, 32] as const };
    const text = await written([large]);
    expect(text).toContain(stages.at(-1)!.images.at(-1));
    expect(Buffer.byteLength(text)).toBeLessThan(3e6);
    expect(Buffer.byteLength(text)).toBeGreaterThan(1e6);
  });
});

describe.skipIf(!hasChromium)("a report in Chromium", () => {
  let browser: Browser;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "datadam-report-"));
    file = join(folder, "report.html");
    writeFileSync(file, await written([run]));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("opens from the disk, moves through the iterations, and shows an image large, by keys too", async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(pathToFileURL(file).href);
    const sources = () =>
      page.$$eval(".tile img:first-child", (all) => all.map((one) => (one as HTMLImageElement).src));
    const end = await sources();
    expect(end).toHaveLength(6);
    expect(
      await page.$$eval(".tile img", (all) => all.every((one) => (one as HTMLImageElement).naturalWidth === 8)),
    ).toBe(true);
    await page.focus('[data-do="slide"]');
    await page.keyboard.press("Home");
    expect(await page.textContent("output")).toBe("0 of 20");
    const start = await sources();
    expect(start.every((source) => source.startsWith("data:image/webp"))).toBe(true);
    await page.keyboard.press("ArrowRight");
    expect(await page.textContent("output")).toBe("1 of 20");
    await page.keyboard.press("End");
    expect(await sources()).toEqual(end);
    await page.check('[data-do="nearest"]');
    expect(await page.locator(".tile .real").count()).toBe(6);
    await page.locator(".tile").nth(3).click();
    expect(await page.textContent("#viewer-title")).toContain("\\u202eright to left");
    await page.keyboard.press("ArrowRight");
    expect(await page.textContent("#viewer-title")).toContain("longlong");
    expect(await page.locator("#viewer-stages li").count()).toBe(6);
    await page.keyboard.press("Escape");
    expect(await page.isVisible("#viewer")).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows hostile names as text, and runs nothing of theirs", async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(pathToFileURL(file).href);
    const names = await page.$$eval(".class", (all) => all.map(({ textContent }) => textContent));
    expect(names).toEqual(HOSTILE.map(seen));
    expect(await page.textContent("h1")).toBe(`Report of ${HOSTILE[0]}`);
    expect(await page.$$eval("img", (all) => all.every((one) => !one.src || one.src.startsWith("data:")))).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ["light", 1600],
    ["dark", 1600],
    ["light", 400],
    ["dark", 400],
  ] as const)(
    "has no serious fault of access in %s colours at %i px, and no width that scrolls",
    async (colorScheme, width) => {
      const { page, complaints } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
      await page.goto(pathToFileURL(file).href);
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      // Words of figures, as they are on the screen.
      const heights = await page.$$eval(".plot svg", (all) =>
        all
          .filter((svg) => svg.checkVisibility())
          .map((svg) => (12 * svg.clientWidth) / (svg as SVGSVGElement).viewBox.baseVal.width),
      );
      expect(heights.length).toBeGreaterThan(2);
      expect(Math.min(...heights)).toBeGreaterThan(9.5);
      await page.locator(".tile").first().click();
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
