import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, inspectDataset, loadDataset, verifyCache } from "../../../src/data/index.ts";
import { fingerprint } from "../../../src/run/index.ts";
import type { Owner } from "../../../src/storage/index.ts";
import { thisProcess } from "../../../src/storage/node/index.ts";
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

describe("shared, damaged and left over", () => {
  /** The path that the store of a folder has in a cache. */
  const keyed = async (root: string, cache: string): Promise<string> => {
    const other = tree({});
    await load(root, onDisk(other));
    return join(cache, readdirSync(other)[0]!);
  };
  const claimBy = (partial: string, owner: Partial<Owner>, beat = 0): void => {
    mkdirSync(join(partial, "claims"), { recursive: true });
    const whole = { owner: { ...thisProcess(), id: "another", ...owner }, beat };
    writeFileSync(join(partial, "claims/0001.json"), JSON.stringify(whole));
  };

  test("a flipped bit is noticed when the image is read, and the file made anew by the next run", async () => {
    const [folder, cache] = [tree(files), tree({})];
    const first = await load(folder, onDisk(cache));
    for (const at of [0, 12 * 5 + 3, 12 * 12 - 1]) {
      flip(cacheFile(cache), at);
      await expect(load(folder, onDisk(cache))).rejects.toMatchObject({
        code: "INVALID_DATA",
        message: expect.stringMatching(/is damaged: [ab]\/\d+\.png is not there as it was written/),
      });
      expect(readdirSync(cache)).toEqual([]);
      expect(await load(folder, onDisk(cache))).toMatchObject({ decoded: 12, fingerprint: first.fingerprint });
    }
  });

  test("what is not as it was written is never put in place", async () => {
    const cache = tree({});
    // At 256 pixels a batch that lasts is 42 images.
    const many = tree(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${"ab"[i % 2]}/${i}.png`, shade(i)])));
    const options = { size: 256, store: "disk", cacheDir: cache } as const;
    let flipped = false;
    const onProgress = (done: number): void => {
      if (done < 50 || flipped) return;
      flip(join(cacheFile(cache), "data"), 777);
      flipped = true;
    };
    await expect(loadDataset(many, { ...options, onProgress })).rejects.toMatchObject({
      code: "IO",
      message: expect.stringMatching(/not there as it was written/),
    });
    expect([flipped, readdirSync(cache)]).toEqual([true, []]);
    const { train } = await loadDataset(many, options);
    expect(fingerprint(train)).toBe(fingerprint((await loadDataset(many, { size: 256 })).train));
  });

  test("a living maker, here or in another container, is waited for, and what it made is taken", async () => {
    const [root, cache] = [tree(files), tree({})];
    const file = await keyed(root, cache);
    const made = tree({});
    const { fingerprint: expected } = await load(root, onDisk(made));
    for (const owner of [{}, { pidNamespace: "pid:[7]" }]) {
      claimBy(`${file}.partial`, owner);
      let beat = 0;
      const heart = setInterval(() => claimBy(`${file}.partial`, owner, ++beat), 500);
      const warnings: string[] = [];
      const loading = load(root, onDisk(cache, { onWarning: (message) => warnings.push(message) }));
      while (!warnings.some((message) => message.includes("waiting for it")))
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(readdirSync(`${file}.partial`)).toEqual(["claims"]);
      copyFileSync(cacheFile(made), file);
      expect(await loading).toMatchObject({ decoded: 0, fingerprint: expected });
      clearInterval(heart);
      rmSync(file);
      rmSync(`${file}.partial`, { recursive: true });
    }
  }, 30_000);

  test.each<[string, (partial: string) => void]>([
    ["of a process that ended", (partial) => claimBy(partial, { pid: 2 ** 30 })],
    ["of a process whose number was used again", (partial) => claimBy(partial, { started: "1" })],
    ["that was half taken away", (partial) => mkdirSync(join(partial, "claims"), { recursive: true })],
    ["without a claim, of an earlier version", (partial) => mkdirSync(partial)],
  ])("a half-made file %s is taken over, one beside the finished file removed", async (_, leave) => {
    const [root, cache] = [tree(files), tree({})];
    const file = await keyed(root, cache);
    for (const again of [false, true]) {
      leave(`${file}.partial`);
      leave(`${file}.1.partial`);
      writeFileSync(join(`${file}.partial`, "data"), "half");
      writeFileSync(join(`${file}.1.partial`, "data"), "half");
      expect((await load(root, onDisk(cache))).decoded).toBe(again ? 0 : 12);
      expect(readdirSync(cache)).toEqual([basename(file)]);
    }
  });

  test("verifyCache says of each file whether it is whole, and removes what is damaged", async () => {
    const [folder, cache] = [tree(files), tree({})];
    await load(folder, onDisk(cache));
    await load(folder, onDisk(cache, { channels: 1 }));
    const [good, bad] = readdirSync(cache).map((name) => join(cache, name));
    mkdirSync(join(cache, "images-x.partial"));
    writeFileSync(join(cache, "zca-0"), "no whitening");
    writeFileSync(join(cache, "other"), "not ours");
    flip(bad!, 3);
    const told: number[] = [];
    expect(await verifyCache(cache, (done, total) => told.push(done / total))).toEqual([
      expect.objectContaining({ path: good, images: 12, state: "whole" }),
      { path: bad, bytes: expect.any(Number), state: "damaged" },
      expect.objectContaining({ state: "half-made" }),
      { path: join(cache, "zca-0"), bytes: 12, state: "damaged" },
    ]);
    expect(told.at(-1)).toBe(1);
    expect(readdirSync(cache)).toEqual([basename(good!), "images-x.partial", "other"].sort());
    expect(await verifyCache(join(cache, "none"))).toEqual([]);
  });
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}
