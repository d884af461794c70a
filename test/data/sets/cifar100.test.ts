import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { DatadamError } from "../../../src/errors.ts";
import { file, gzip, realData, tar, tree, untar } from "../files.ts";

// Few images in the layout of the published archives: scripts/oracle/cifars.py
const fixture = (name: string) => readFileSync(new URL(`../../fixtures/cifars/${name}`, import.meta.url));

const lines = (word: string, n: number) => Array.from({ length: n }, (_, c) => `${word} ${c}`);
const text = (names: readonly string[]) => `${names.join("\n")}\n`;

/** Records of the binary version: as the pickled fixture has them. */
function records(k: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 3074);
  for (let i = 0; i < count; i++) {
    const fine = (17 * i + 99) % 100;
    bytes.set([Math.floor(fine / 5), fine], i * 3074);
    for (let c = 0; c < 3; c++) bytes.fill(50 * c + k, i * 3074 + 2 + 1024 * c, i * 3074 + 2 + 1024 * (c + 1));
    bytes[i * 3074 + 2] = i;
  }
  return bytes;
}

const binary = {
  "train.bin": records(1, 6),
  "test.bin": records(0, 3),
  "fine_label_names.txt": text(lines("fine", 100)),
  "coarse_label_names.txt": text(lines("coarse", 20)),
};
const invalid = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

describe("cifar100", () => {
  test("reads the binary version: fine labels, coarse ones where asked for", async () => {
    const dir = tree(Object.fromEntries(Object.entries(binary).map(([n, b]) => [`cifar-100-binary/${n}`, b])));
    const fine = await loadDataset("cifar100", { dir });
    expect(fine.train).toMatchObject({ name: "cifar100/train", count: 6, shape: [3, 32, 32], flippable: true });
    expect(fine.train.normalization).toEqual({ mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762] });
    expect(fine.train.classNames).toEqual(lines("fine", 100));
    expect([...fine.train.labels]).toEqual([99, 16, 33, 50, 67, 84]);
    expect([2 * 3072, 2 * 3072 + 1, 2 * 3072 + 1024, 3 * 3072 - 1].map((at) => fine.train.pixels[at])).toEqual([2, 1, 51, 101]); // biome-ignore format: one row
    expect(fine.train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    const coarse = await loadDataset("cifar100", { dir, labels: "coarse" });
    expect([...coarse.train.labels]).toEqual([19, 3, 6, 10, 13, 16]);
    expect(coarse.test?.classNames).toEqual(lines("coarse", 20));
    expect(coarse.train.pixels).toEqual(fine.train.pixels);
  });

  test("reads the Python version, the same from its archive, its folder and the folder of its archive", async () => {
    const archive = fixture("cifar-100-python.tar.gz");
    const places = [
      file("c.tgz", archive),
      tree(await untar(archive)),
      join(tree(await untar(archive)), "cifar-100-python"),
      tree({ "cifar-100-python.tar.gz": archive }),
    ];
    for (const labels of ["fine", "coarse"] as const) {
      const expected = await loadDataset("cifar100", { dir: tree(binary), labels });
      for (const dir of places) expect(await loadDataset("cifar100", { dir, labels })).toEqual(expected);
    }
  });

  test("reads the archive of the binary version", async () => {
    const entries = Object.entries(binary).map(([n, b]) => [`cifar-100-binary/${n}`, Buffer.from(b)]);
    const dir = file("c.tar.gz", gzip(await tar(Object.fromEntries(entries))));
    expect(await loadDataset("cifar100", { dir })).toEqual(await loadDataset("cifar100", { dir: tree(binary) }));
  });

  test("tells that a sample is one", async () => {
    const warnings: string[] = [];
    await loadDataset("cifar100", { dir: tree(binary), onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual([
      "cifar100/train has 6 images here; as published it has 50000.",
      "cifar100/test has 3 images here; as published it has 10000.",
    ]);
  });

  test.each<[string, Record<string, Uint8Array | string>, RegExp]>([
    [
      "a byte short",
      { "train.bin": records(1, 6).slice(0, -1) },
      /train.bin" has 18443 bytes; a file of n records has n \* 3074/,
    ],
    ["empty", { "test.bin": new Uint8Array(0) }, /test.bin" has 0 bytes/],
    [
      "with a label that is none",
      { "train.bin": records(1, 6).fill(100, 3075, 3076) },
      /record 1 \(byte 3075\) is 100, not 0 to 99/,
    ],
    ["with names that are not a hundred", { "fine_label_names.txt": "a\nb\n" }, /2 class names, not 100/],
  ])("refuses a file %s", async (_, files, message) => {
    await expect(loadDataset("cifar100", { dir: tree({ ...binary, ...files }) })).rejects.toMatchObject(
      invalid(message),
    );
  });

  test("names the files that are missing, and says where to get them", async () => {
    const { "test.bin": _, ...rest } = binary;
    await expect(loadDataset("cifar100", { dir: tree(rest) })).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: expect.stringMatching(/CIFAR-100: test.bin missing/),
      hint: expect.stringMatching(/https:\/\/www.cs.toronto.edu\/~kriz\/cifar.html.*`dir`/),
    });
    await expect(loadDataset("cifar100")).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  test("takes labels fine and coarse only, and no other set takes them", async () => {
    const dir = tree(binary);
    const invalidOption = { code: "INVALID_OPTION" };
    await expect(loadDataset("cifar100", { dir, labels: "both" as "fine" })).rejects.toMatchObject(invalidOption);
    await expect(loadDataset("cifar10", { dir, labels: "fine" })).rejects.toMatchObject(invalidOption);
    await expect(loadDataset(dir, { labels: "fine" })).rejects.toMatchObject(invalidOption);
  });

  test("the real data: every class as often, the published statistics", async ({ skip }) => {
    const dir = realData("cifar-100-binary");
    if (dir === undefined)
      return skip("no real CIFAR-100: set DATADAM_TEST_DATA to the folder that holds cifar-100-binary");
    for (const [labels, classes] of [
      ["fine", 100],
      ["coarse", 20],
    ] as const) {
      // biome-ignore format: pairs
      const { train, test: rest } = await loadDataset("cifar100", { dir, labels });
      for (const set of [train, rest]) {
        const counts = new Array(classes).fill(0);
        for (const label of set.labels) counts[label]++;
        expect(counts).toEqual(new Array(classes).fill(set.count / classes));
      }
      expect(train.classNames.slice(0, 2)).toEqual(
        labels === "fine" ? ["apple", "aquarium_fish"] : ["aquatic_mammals", "fish"],
      );
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let n = 0; n < train.count; n++)
          for (let i = 0; i < 1024; i++) sum += train.pixels[(3 * n + c) * 1024 + i];
        expect(sum / train.count / 1024 / 255).toBeCloseTo(
          train.normalization.mean[c],
          train.count === 50_000 ? 3 : 1.5,
        );
      }
    }
  });
});

describe("cifar10, the Python version", () => {
  const archive = fixture("cifar-10-python.tar.gz");

  test("reads the five files in their order, from archive and folder", async () => {
    const set = await loadDataset("cifar10", { dir: file("c.tgz", archive) });
    expect(set.train).toMatchObject({ name: "cifar10/train", count: 20, shape: [3, 32, 32], flippable: true });
    expect(set.train.classNames).toEqual(lines("class", 10));
    expect([...set.train.labels]).toEqual(Array.from({ length: 20 }, (_, i) => i % 10));
    expect([...set.test.labels]).toEqual([0, 1, 2, 3]);
    expect([0, 1, 1024, 3071].map((at) => set.train.pixels[6 * 3072 + at])).toEqual([2, 1, 51, 101]);
    for (const dir of [tree(await untar(archive)), tree({ "cifar-10-python.tar.gz": archive })]) {
      expect(await loadDataset("cifar10", { dir })).toEqual(set);
    }
    expect(set.train.normalization).toEqual({ mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] });
  });

  test("names a file that is missing or damaged", async () => {
    const folder = "cifar-10-batches-py";
    const { [`${folder}/data_batch_2`]: batch, ...rest } = await untar(archive);
    await expect(loadDataset("cifar10", { dir: tree(rest) })).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: expect.stringMatching(/CIFAR-10: data_batch_2 missing/),
    });
    const evil = "cposix\nsystem\n(S'true'\ntR.";
    const cut = batch.subarray(0, -1);
    for (const [bytes, message] of [
      [cut, /data_batch_2": Not a pickle/],
      [evil, /data_batch_2": The pickle was refused: it asks for "posix.system"/],
      ["(lp0\n.", /holds no dict/],
      ["}.", /"data" is no array, not u1 \[n, 3072\]/],
    ] as const) {
      await expect(
        loadDataset("cifar10", { dir: tree({ ...rest, [`${folder}/data_batch_2`]: bytes }) }),
      ).rejects.toMatchObject(invalid(message));
    }
  });

  test("a damaged file is read or refused, nothing else", async () => {
    const files = await untar(archive);
    const name = "cifar-10-batches-py/data_batch_3";
    const root = tree(files);
    const { writeFileSync } = await import("node:fs");
    await fc.assert(
      fc.asyncProperty(fc.nat(600), fc.nat(255), fc.boolean(), async (offset, value, end) => {
        const bytes = Buffer.from(files[name]);
        bytes[end ? bytes.length - 1 - offset : offset] = value;
        writeFileSync(join(root, name), bytes);
        const error = await loadDataset("cifar10", { dir: root }).then(
          () => undefined,
          (e) => e,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(DatadamError);
      }),
      { numRuns: 200 },
    );
  });
});
