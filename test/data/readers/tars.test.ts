// Tar archives in the cache: decoded once, as folders are; and what a look at a set decodes.

import { chmodSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, loadDataset } from "../../../src/data/index.ts";
import { fingerprint } from "../../../src/run/index.ts";
import { colour, file, gzip, tar, tree } from "../files.ts";

const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Buffer };
const shade = (i: number) => colour([i, (7 * i) % 256, 255 - i]);
const folders = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${"ab"[i % 2]}/${i}.png`, shade(20 * i)]));
const linked = { ...folders, "a/link.png": { type: "symlink", linkname: "../b/1.png" } as const };
const labels = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [[`${i}.png`, shade(20 * i)], [`${i}.cls`, Uint8Array.of(i % 2, 0)]]).flat() as [string, Uint8Array][], // biome-ignore format: pairs
);

/** Loads, and tells how many images were decoded into the cache. */
async function load(root: string, options: DatasetOptions) {
  let decoded = 0;
  const warnings: string[] = [];
  const listeners = { onProgress: () => decoded++, onWarning: (text: string) => warnings.push(text) };
  const { train, test: rest } = await loadDataset(root, { size: 2, ...options, ...listeners });
  const { classNames, count } = train;
  return { set: [fingerprint(train), classNames, count, rest && fingerprint(rest)], decoded, warnings };
}

describe.each([
  ["class folders", async () => file("s.tar", await tar(folders))],
  ["class folders with a link, gzipped", async () => file("s.tgz", gzip(await tar(linked)))],
  ["a shard", async () => file("s.tar", await tar(labels))],
  ["shards", async () => tree({ "train-0.tar": await tar(labels), "test-0.tar": await tar(labels) })],
])("a tar of %s", (_, make) => {
  test("is decoded once into the cache, to the set that it is in memory", async () => {
    const [root, cacheDir] = [await make(), tree({})];
    const memory = await load(root, { store: "memory" });
    const first = await load(root, { store: "disk", cacheDir });
    const again = await load(root, { store: "disk", cacheDir });
    expect([first.set, again.set]).toEqual([memory.set, memory.set]);
    expect([first.decoded > 0, again.decoded, again.warnings]).toEqual([true, 0, memory.warnings]);
    const split = await load(root, { store: "disk", cacheDir, split: 0.5, channels: 3 });
    expect([split.decoded, split.set]).toEqual([
      0,
      (await load(root, { store: "memory", split: 0.5, channels: 3 })).set,
    ]);
  });

  test("gives the first images of each class alone where no others are wanted", async () => {
    const [root, cacheDir] = [await make(), tree({})];
    const few = await load(root, { firstPerClass: 2, store: "memory" });
    expect(few.set[2]).toBe(4);
    expect((await load(root, { firstPerClass: 2, store: "disk", cacheDir })).set).toEqual(few.set);
    expect(readdirSync(cacheDir)).toEqual([]);
    await load(root, { store: "disk", cacheDir });
    const kept = await load(root, { firstPerClass: 2, store: "disk", cacheDir });
    expect([kept.set, kept.decoded]).toEqual([few.set, 0]);
  });
});

test("a changed archive, and a damaged list of what it holds, are read anew", async () => {
  const [root, cacheDir] = [file("s.tar", await tar(folders)), tree({})];
  const options = { store: "disk", cacheDir } as const;
  const first = await load(root, options);
  const list = join(cacheDir, readdirSync(cacheDir).find((name) => name.startsWith("tar-"))!);
  writeFileSync(list, "damaged");
  expect(await load(root, options)).toEqual({ ...first, decoded: 0 });
  writeFileSync(root, await tar({ ...folders, "a/0.png": shade(255) }));
  utimesSync(root, 1, 1);
  const changed = await load(root, options);
  expect([changed.decoded, changed.set[0] === first.set[0]]).toEqual([12, false]);
});

test.skipIf(process.getuid?.() === 0)("where the cache cannot be written, the disk is refused", async () => {
  const [root, cacheDir] = [file("s.tar", await tar(folders)), tree({})];
  chmodSync(cacheDir, 0o500);
  await expect(load(root, { store: "disk", cacheDir })).rejects.toMatchObject({ code: "IO" });
});

test("a large archive goes through the cache by itself, and into memory where it fits or where there is no cache", async () => {
  const root = file("s.tar", await tar({ "f/pad.bin": new Uint8Array(2 ** 26), ...folders }));
  const cacheDir = tree({});
  const memory = await load(root, { store: "memory" });
  for (const decoded of [12, 0]) expect(await load(root, { cacheDir })).toEqual({ ...memory, decoded });
  expect((await loadDataset(root, { size: 2, cacheDir })).train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
  const without = await load(root, { cacheDir: join(file("no-folder", new Uint8Array(1)), "cache") });
  expect([without.set, without.warnings.at(-1)]).toEqual([
    memory.set,
    expect.stringMatching(/cannot be made: .* Images are decoded into memory instead, each time anew/),
  ]);
});

test("a folder, a zip and a CSV give the first images of each class alone, too", async () => {
  const csv = Object.keys(folders).map((path) => `${path},${path[0]}\n`);
  const broken = { ...folders, "a/99.png": Buffer.from("never decoded") };
  const roots = [
    tree(broken),
    file("s.zip", zipSync(broken)),
    join(tree({ ...folders, "s.csv": csv.join("") }), "s.csv"),
  ];
  for (const root of roots) expect((await load(root, { firstPerClass: 3 })).set[2]).toBe(6);
});

test("an archive compressed by Zstandard is read where Node can; others are told how to unpack", async () => {
  const path = file("s.tar.zst", zstdCompressSync?.(await tar(folders)) ?? Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd));
  if (zstdCompressSync !== undefined) expect((await load(path, {})).set[2]).toBe(12);
  else await expect(load(path, {})).rejects.toMatchObject({ message: expect.stringMatching(/compressed by Zstandard/), hint: expect.stringContaining("unzstd") }); // biome-ignore format: long
  for (const [name, magic, hint] of [
    ["s.tar.bz2", "BZh91AY", "bunzip2"],
    ["s.tar.xz", "\xfd7zXZ\0", "xz -dk"],
    ["s.rar", "Rar!\x1a\x07", "unrar"],
  ]) {
    await expect(load(file(name, Buffer.from(magic, "latin1")), {})).rejects.toMatchObject({
      code: "INVALID_DATA",
      hint: expect.stringContaining(hint),
    });
    if (name.endsWith("rar")) continue;
    await expect(load(tree({ [name]: Buffer.from(magic, "latin1") }), {})).rejects.toMatchObject({
      hint: expect.stringContaining(hint),
    });
  }
});

test("pointers of Git LFS are told by name, wherever a file should be", async () => {
  const pointer = Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
  const png = shade(1);
  const places = [
    ...["x.zip", "x.npz", "x.tar", "x.tgz", "x.parquet", "x.csv"].map((name) => file(name, pointer)),
    tree({ "train-0.parquet": pointer }),
    tree({ "train-0.tar": pointer }),
    tree({ "a/1.png": png, "b/1.png": pointer }),
    file("x.zip", zipSync({ "a/1.png": png, "b/1.png": pointer })),
    join(tree({ "1.png": pointer, "2.png": png, "s.csv": "1.png,a\n2.png,b\n" }), "s.csv"),
  ];
  const told = {
    code: "INVALID_DATA",
    message: expect.stringContaining("is a pointer of Git LFS"),
    hint: expect.stringContaining("git lfs pull"),
  };
  for (const place of places)
    await expect(load(place, place.endsWith("npz") ? { size: undefined } : {})).rejects.toMatchObject(told);
  const mnist = tree({ "train-images-idx3-ubyte": pointer });
  await expect(loadDataset("mnist", { dir: mnist })).rejects.toMatchObject(told);
  const cifar = tree({ "cifar-10-batches-bin/data_batch_1.bin": pointer });
  await expect(loadDataset("cifar10", { dir: cifar })).rejects.toMatchObject(told);
});
