import { describe, expect, test } from "vitest";
import { type PrepareCache, type PrepareOptions, prepare } from "../../../src/images/index.ts";
import type { ImageSet, Zca } from "../../../src/images/types.ts";
import { imageSet, noise } from "../oracle.ts";

const set = imageSet([3, 2, 3], noise(18 * 50));

class MemoryCache implements PrepareCache {
  readonly entries = new Map<string, Uint8Array>();
  async get(key: string): Promise<Uint8Array | undefined> {
    return this.entries.get(key);
  }
  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.entries.set(key, bytes);
  }
}

async function fitted(images: ImageSet, cache: PrepareCache, eps = 0.1): Promise<{ zca: Zca; computed: boolean }> {
  const stages = new Set<string>();
  const options: PrepareOptions = { zca: { eps }, cache, onProgress: (stage) => stages.add(stage) };
  const { preprocessing } = await prepare(images, options);
  return { zca: preprocessing.zca!, computed: stages.has("covariance") };
}

describe("the cache of whitening", () => {
  test("saves the second fit, and gives the same numbers", async () => {
    const cache = new MemoryCache();
    const first = await fitted(set, cache);
    const second = await fitted(set, cache);
    expect([first.computed, second.computed]).toEqual([true, false]);
    expect(second.zca.eps).toBe(0.1);
    for (const name of ["mean", "whiten", "unwhiten"] as const)
      expect([...second.zca[name]]).toEqual([...first.zca[name]]);
    expect([...cache.entries.keys()]).toEqual([expect.stringMatching(/^zca-[0-9a-f]{64}$/)]);
  });

  test("does not depend on names, labels or whether the memory is shared", async () => {
    const cache = new MemoryCache();
    await fitted(set, cache);
    const pixels = new Uint8Array(new SharedArrayBuffer(set.pixels.length));
    pixels.set(set.pixels);
    expect((await fitted({ ...set, name: "other", labels: new Uint16Array(50), pixels }, cache)).computed).toBe(false);
  });

  test("tells pixels, shape, normalisation and eps apart", async () => {
    const cache = new MemoryCache();
    await fitted(set, cache);
    const pixels = set.pixels.slice();
    pixels[pixels.length - 1] ^= 1;
    const normalization = { ...set.normalization, mean: [0.5, 0.4, 0.31] };
    expect((await fitted({ ...set, pixels }, cache)).computed).toBe(true);
    expect((await fitted({ ...set, shape: [3, 3, 2] }, cache)).computed).toBe(true);
    expect((await fitted({ ...set, normalization }, cache)).computed).toBe(true);
    expect((await fitted(set, cache, 0.2)).computed).toBe(true);
  });

  test.each<[string, (entry: Uint8Array) => Uint8Array]>([
    ["one flipped bit in its numbers", (entry) => entry.map((byte, i) => (i === 500 ? byte ^ 1 : byte))],
    ["one flipped bit in its signature", (entry) => entry.map((byte, i) => (i === 3 ? byte ^ 1 : byte))],
    ["a cut end", (entry) => entry.slice(0, -4)],
    ["nothing in it", () => new Uint8Array(0)],
  ])("computes again and repairs an entry with %s", async (_name, damage) => {
    const cache = new MemoryCache();
    const first = await fitted(set, cache);
    for (const [key, entry] of cache.entries) cache.entries.set(key, damage(entry));
    const second = await fitted(set, cache);
    expect(second.computed).toBe(true);
    expect(second.zca).toEqual(first.zca);
    expect((await fitted(set, cache)).computed).toBe(false);
  });

  test("refuses an entry that was kept under another key", async () => {
    const cache = new MemoryCache();
    await fitted(set, cache, 0.2);
    const [entry] = cache.entries.values();
    const swapped = new MemoryCache();
    swapped.get = async () => entry;
    expect((await fitted(set, swapped)).computed).toBe(true);
  });

  test("works without where reading or writing fails", async () => {
    const broken: PrepareCache = {
      get: () => Promise.reject(new Error("unreadable")),
      put: () => Promise.reject(new Error("full")),
    };
    expect((await fitted(set, broken)).computed).toBe(true);
  });
});
