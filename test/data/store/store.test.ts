import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, inspectDataset, loadDataset } from "../../../src/data/index.ts";
import { fingerprint } from "../../../src/run/index.ts";
import { colour, file, tree } from "../files.ts";

const shade = (i: number) => colour([i, (7 * i) % 256, 255 - i]);
/** Twelve images of two classes. */
const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${"ab"[i % 2]}/${i}.png`, shade(20 * i)]));
const onDisk = (cacheDir: string, more: DatasetOptions = {}): DatasetOptions => ({ size: 2, store: "disk", cacheDir, ...more }); // biome-ignore format: short
/** The store of a cache folder. */
const cacheFile = (cacheDir: string) => join(cacheDir, readdirSync(cacheDir).find((name) => name.startsWith("images-"))!); // biome-ignore format: short
/** Loads and tells how many images were decoded. */
async function load(root: string, options: DatasetOptions) {
  let decoded = 0;
  const dataset = await loadDataset(root, { ...options, onProgress: () => decoded++ });
  return { dataset, decoded, fingerprint: fingerprint(dataset.train) };
}

describe("a set on the disk", () => {
  test.each<[string, DatasetOptions]>([
    ["as it is", {}],
    ["split", { split: 0.5, seed: 3 }],
    ["grey", { channels: 1 }],
  ])("equals the set in memory, image by image and by its fingerprint: %s", async (_, more) => {
    const root = tree(files);
    const memory = await loadDataset(root, { size: 2, store: "memory", ...more });
    const disk = await loadDataset(root, onDisk(tree({}), more));
    for (const part of ["train", "test"] as const) {
      const [a, b] = [memory[part], disk[part]];
      if (a === undefined || b === undefined) {
        expect(a).toBe(b);
        continue;
      }
      expect({ ...b, image: undefined }).toEqual({ ...a, image: undefined, pixels: undefined });
      expect(fingerprint(b)).toBe(fingerprint(a));
      expect([...b.pixels]).toEqual([...a.pixels]);
      expect([...b.image(a.count - 1)]).toEqual([...a.image(a.count - 1)]);
      expect(() => b.image(a.count)).toThrow(/has images 0 to/);
    }
    expect(inspectDataset(disk)).toEqual(inspectDataset(memory));
  });

  test("is grey where every image is", async () => {
    const root = tree({ "a/1.png": colour([9, 9, 9]), "b/1.png": colour([70, 70, 70]) });
    const { train } = await loadDataset(root, onDisk(tree({})));
    expect([train.shape, [...train.pixels]]).toEqual([[1, 2, 2], [9, 9, 9, 9, 70, 70, 70, 70]]); // biome-ignore format: short
    expect(fingerprint(train)).toBe(fingerprint((await loadDataset(root, { size: 2 })).train));
  });

  test("is decoded once, whatever the split, and again where a file has changed", async () => {
    const [root, cache] = [tree(files), tree({})];
    const first = await load(root, onDisk(cache));
    expect([first.decoded, (await load(root, onDisk(cache))).decoded]).toEqual([12, 0]);
    expect((await load(root, onDisk(cache, { split: 0.5 }))).decoded).toBe(0);
    expect((await load(root, onDisk(cache, { size: 1 }))).decoded).toBe(12);
    writeFileSync(join(root, "a/2.png"), shade(255));
    utimesSync(join(root, "a/2.png"), 1, 1);
    const changed = await load(root, onDisk(cache));
    expect(changed.decoded).toBe(12);
    expect(changed.fingerprint).not.toBe(first.fingerprint);
    expect(changed.fingerprint).toBe(fingerprint((await loadDataset(root, { size: 2 })).train));
  });

  test("comes from a zip archive too, and from a table", async () => {
    const zipped = file("set.zip", zipSync({ ...files }));
    const table = Object.keys(files).map((path) => `${path},${path[0]}`).join("\n"); // biome-ignore format: short
    const root = tree({ ...files, "set.csv": strToU8(table) });
    for (const path of [zipped, join(root, "set.csv")]) {
      const cache = tree({});
      const { decoded, fingerprint: stored } = await load(path, onDisk(cache));
      expect([decoded, stored]).toEqual([12, fingerprint((await loadDataset(path, { size: 2 })).train)]);
      expect((await load(path, onDisk(cache))).decoded).toBe(0);
    }
  });

  test("is not read whole by a copy of it", async () => {
    const { train } = await loadDataset(tree(files), onDisk(tree({})));
    const copy = { ...train, name: "copy" };
    expect(Object.keys(copy)).not.toContain("pixels");
    expect(copy.image(3)).toEqual(train.image(3));
  });
});

describe("the cache of decoded images", () => {
  test.each<[string, (path: string) => void]>([
    ["cut off", (path) => truncateSync(path, statSync(path).size - 1)],
    ["empty", (path) => truncateSync(path, 0)],
    ["gone", (path) => rmSync(path)],
    ["of a damaged index", (path) => flip(path, statSync(path).size - 200)],
    ["of a damaged trailer", (path) => flip(path, statSync(path).size - 3)],
    ["missing an image", (path) => writeFileSync(path, readFileSync(path).subarray(12))],
  ])("is made anew where it is %s", async (_, damage) => {
    const [root, cache] = [tree(files), tree({})];
    const first = await load(root, onDisk(cache));
    damage(cacheFile(cache));
    const again = await load(root, onDisk(cache));
    expect([again.decoded, again.fingerprint]).toEqual([12, first.fingerprint]);
    expect((await load(root, onDisk(cache))).decoded).toBe(0);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  test("is made once by two that ask at the same time", async () => {
    const [root, cache] = [tree(files), tree({})];
    const [a, b] = await Promise.all([load(root, onDisk(cache)), load(root, onDisk(cache))]);
    expect([a.decoded + b.decoded, a.fingerprint]).toEqual([12, b.fingerprint]);
  });

  test("says so where it cannot be written", async () => {
    const cache = join(tree({ file: "no folder" }), "file");
    await expect(loadDataset(tree(files), onDisk(cache))).rejects.toMatchObject({
      code: "IO",
      hint: expect.stringMatching(/DATADAM_CACHE/),
    });
  });

  test("keeps what was decoded before a failure", async () => {
    const [root, cache] = [tree({ ...files, "b/9.png": "broken" }), tree({})];
    await expect(load(root, onDisk(cache))).rejects.toMatchObject({ code: "INVALID_DATA" });
    const { decoded, dataset } = await load(root, onDisk(cache, { corrupt: "skip" }));
    expect(decoded).toBe(2); // told how many there were, then the last one
    expect(dataset.train.count).toBe(11);
  });
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}
