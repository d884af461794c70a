// CIFAR-10 as a page is given it: its archives and folders, as the disk's reader reads them.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type GivenFile, readGiven } from "../../../src/data/browser/index.ts";
import { loadDataset } from "../../../src/data/index.ts";
import { file, gzip, tar, tree, untar } from "../files.ts";

const python = readFileSync(new URL("../../fixtures/cifars/cifar-10-python.tar.gz", import.meta.url));
const options = {
  size: 32,
  decode: () => {
    throw new Error("a picture was decoded");
  },
};

const given = (path: string, bytes: Uint8Array): GivenFile => ({
  path,
  size: bytes.length,
  read: async () => Uint8Array.from(bytes),
});
const givenAll = (files: Readonly<Record<string, Uint8Array>>): GivenFile[] =>
  Object.entries(files).map(([path, bytes]) => given(path, bytes));

describe("CIFAR-10 that a page is given", () => {
  test("is that of the disk: an archive, packed or not, a folder, one that holds either", async () => {
    const there = await loadDataset("cifar10", { dir: file("cifar-10-python.tar.gz", python) });
    const files = await untar(python);
    const above = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`mine/${path}`, bytes]));
    for (const [name, files_] of Object.entries({
      archive: [given("cifar-10-python.tar.gz", python)],
      plain: [given("c.tar", gunzipSync(python))],
      folder: givenAll(files),
      above: givenAll({ ...above, "mine/readme.png": Uint8Array.of(1) }),
      "archive in a folder": [given("mine/readme.txt", Uint8Array.of(1)), given("mine/cifar-10-python.tar.gz", python)],
    })) {
      const done: [number, number][] = [];
      const read = await readGiven(files_, { ...options, onProgress: (...progress) => done.push(progress) });
      expect(read, name).toEqual(there);
      expect(done.at(-1), name).toEqual([6, 6]);
    }
  });

  test("of the binary version, too", async () => {
    const batch = (k: number): Uint8Array => {
      const bytes = new Uint8Array(10_000 * 3073).fill(k);
      for (let i = 0; i < 10_000; i++) bytes[i * 3073] = (i + k) % 10;
      return bytes;
    };
    const names = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`).concat("test_batch.bin");
    const files = Object.fromEntries(names.map((name, k) => [`cifar-10-batches-bin/${name}`, batch(k)]));
    const packed = gzip(await tar(files), { level: 1 });
    const { train, test: rest } = await loadDataset("cifar10", { dir: file("c.tar.gz", packed) });
    for (const those of [[given("c.tar.gz", packed)], givenAll(files)]) {
      const read = await readGiven(those, options);
      expect(Buffer.compare(read.train.pixels, train.pixels)).toBe(0);
      expect(Buffer.compare(read.test.pixels, rest!.pixels)).toBe(0);
      expect([read.train.labels, read.test.labels]).toEqual([train.labels, rest!.labels]);
      expect(read.train.normalization).toEqual(train.normalization);
    }
  });

  test.each<[string, (files: Record<string, Uint8Array>) => Promise<GivenFile[]>, RegExp]>([
    [
      "without a batch",
      async ({ "cifar-10-batches-py/data_batch_3": _, ...files }) => givenAll(files),
      /does not hold CIFAR-10: data_batch_3 missing/,
    ],
    ["that is cut off", async () => [given("c.tar.gz", python.subarray(0, 500))], /damaged, cut off, or not a tar/],
    [
      "of something else",
      async () => [given("c.tar.gz", gzip(await tar({ "a/1.png": python })))],
      /does not hold CIFAR-10/,
    ],
    ["with a path that leads out", async () => [given("c.tar", await tar({ "../test_batch": python }))], /leads out/],
    [
      "with a link",
      async () => [given("c.tar", await tar({ test_batch: { type: "symlink", linkname: "/etc/passwd" } }))],
      /is a link/,
    ],
    ["that is no tar", async () => [given("c.tgz", gzip(Buffer.from("no".repeat(5000))))], /not a tar archive/],
  ])("%s is refused as on the disk", async (_, make, message) => {
    const files = await make(await untar(python));
    await expect(readGiven(files, options)).rejects.toThrow(message);
    const dir = files.length === 1 ? file(files[0]!.path, await files[0]!.read()) : await onDisk(files);
    await expect(loadDataset("cifar10", { dir })).rejects.toThrow(message);
  });
});

async function onDisk(files: readonly GivenFile[]): Promise<string> {
  return tree(Object.fromEntries(await Promise.all(files.map(async (one) => [one.path, await one.read()] as const))));
}
