import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { file, gzip, tar, tree } from "../files.ts";

const RECORD = 3073;
const FILES = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`).concat("test_batch.bin");

/** A batch whose record i has the label i mod 10, and pixels that tell the file, the record and the channel. */
function batch(k: number): Uint8Array {
  const bytes = new Uint8Array(10_000 * RECORD);
  for (let i = 0; i < 10_000; i++) {
    bytes[i * RECORD] = i % 10;
    for (let c = 0; c < 3; c++) bytes.fill(50 * c + k, i * RECORD + 1 + c * 1024, i * RECORD + 1 + (c + 1) * 1024);
    bytes[i * RECORD + 1] = i % 251;
  }
  return bytes;
}

const batches = Object.fromEntries(FILES.map((name, k) => [name, batch(k)]));
const names = "a b c d e f g h i j".split(" ");
const meta = { "batches.meta.txt": `${names.join("\n")}\n\n` };

describe("cifar10", () => {
  test("reads the folder or the folder above it, files in their order", async () => {
    const root = tree(
      Object.fromEntries(Object.entries({ ...batches, ...meta }).map(([n, b]) => [`cifar-10-batches-bin/${n}`, b])),
    );
    const set = await loadDataset("cifar10", { dir: root });
    expect(set.train).toMatchObject({
      name: "cifar10/train",
      count: 50_000,
      shape: [3, 32, 32],
      flippable: true,
      classNames: names,
    });
    expect(set.test).toMatchObject({ name: "cifar10/test", count: 10_000, classNames: names });
    expect(set.train.normalization).toEqual({ mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] });
    expect(set.train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    const image = (n: number) => [0, 1, 1024, 3071].map((at) => set.train.pixels[n * 3072 + at]);
    expect([image(0), image(12_345), image(49_999)]).toEqual([[0, 0, 50, 100], [2345 % 251, 1, 51, 101], [9999 % 251, 4, 54, 104]]); // biome-ignore format: rows
    expect([set.train.labels[12_345], set.test?.labels[3]]).toEqual([5, 3]);
    const inner = await loadDataset("cifar10", { dir: join(root, "cifar-10-batches-bin") });
    expect(Buffer.compare(inner.train.pixels, set.train.pixels)).toBe(0);
  });

  test("reads the archive, plain or gzipped, and has class names of its own", async () => {
    const plain = await tar(
      Object.fromEntries(
        Object.entries(batches)
          .reverse()
          .map(([n, b]) => [`cifar-10-batches-bin/${n}`, b]),
      ),
    );
    const folder = await loadDataset("cifar10", { dir: tree(batches) });
    expect(folder.train.classNames[9]).toBe("truck");
    for (const [name, bytes] of [
      ["c.tar", plain],
      ["c.tgz", gzip(plain, { level: 1 })],
    ] as const) {
      // biome-ignore format: pairs
      const { train, test: rest } = await loadDataset("cifar10", { dir: file(name, bytes) });
      expect(train.labels).toEqual(folder.train.labels);
      expect(Buffer.compare(train.pixels, folder.train.pixels)).toBe(0);
      expect(Buffer.compare(rest!.pixels, folder.test!.pixels)).toBe(0);
    }
  });

  test("says which file and byte is wrong", async () => {
    const root = tree(batches);
    const load = () => loadDataset("cifar10", { dir: root });
    const bad = batch(2);
    bad[7 * RECORD] = 10;
    writeFileSync(join(root, "data_batch_3.bin"), bad);
    await expect(load()).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/data_batch_3.bin": .* record 7 \(byte 21511\) is 10/),
    });
    truncateSync(join(root, "data_batch_3.bin"), 30_729_999);
    await expect(load()).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/data_batch_3.bin" has 30729999 bytes/),
    });
    rmSync(join(root, "data_batch_3.bin"));
    rmSync(join(root, "test_batch.bin"));
    await expect(load()).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: expect.stringMatching(/data_batch_3.bin, test_batch.bin missing/),
    });
  });

  test("refuses class names that are not ten, and a file twice in an archive", async () => {
    const nine = tree({ ...batches, "batches.meta.txt": "a\nb\n" });
    await expect(loadDataset("cifar10", { dir: nine })).rejects.toMatchObject({
      message: expect.stringMatching(/2 class names/),
    });
    const twice = file(
      "c.tar",
      await tar({ "x/test_batch.bin": batches["test_batch.bin"], "y/test_batch.bin": batches["test_batch.bin"] }),
    );
    await expect(loadDataset("cifar10", { dir: twice })).rejects.toMatchObject({
      message: expect.stringMatching(/y\/test_batch.bin" is there twice/),
    });
  });

  test("says where to get it and how to name its place", async () => {
    const hint = expect.stringMatching(/https:\/\/www.cs.toronto.edu\/~kriz\/cifar.html.*`dir`/);
    await expect(loadDataset("cifar10")).rejects.toMatchObject({ code: "INVALID_OPTION", hint });
    await expect(loadDataset("cifar10", { dir: "/no/such" })).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      hint,
    });
    await expect(loadDataset("cifar10", { dir: tree({}) })).rejects.toMatchObject({ code: "DATASET_NOT_FOUND", hint });
    await expect(loadDataset("cifar10", { dir: ".", split: 0.5 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  test("the real data set has the published statistics", async ({ skip }) => {
    const dir = realData();
    if (dir === undefined)
      return skip("no real CIFAR-10: set DATADAM_TEST_DATA to the folder that holds cifar-10-batches-bin");
    const { train, test: rest } = await loadDataset("cifar10", { dir });
    for (const set of [train, rest!]) {
      const counts = new Array(10).fill(0);
      for (const label of set.labels) counts[label]++;
      expect(counts).toEqual(new Array(10).fill(set.count / 10));
    }
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let n = 0; n < train.count; n++) for (let i = 0; i < 1024; i++) sum += train.pixels[(n * 3 + c) * 1024 + i];
      expect(sum / train.count / 1024 / 255).toBeCloseTo(train.normalization.mean[c], 3);
    }
  });
});

/** The folder with the real data: named by the environment, or unpacked from what lies beside the repository. */
function realData(): string | undefined {
  const named = process.env.DATADAM_TEST_DATA;
  if (named !== undefined) return named;
  const unpack = fileURLToPath(new URL("../../../../shared/data/unpack.mjs", import.meta.url));
  if (!existsSync(unpack)) return undefined;
  const out = mkdtempSync(join(tmpdir(), "datadam-cifar10-"));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const { status } = spawnSync(process.execPath, [unpack, out, "cifar10"], { cwd: dirname(unpack), stdio: "ignore" });
  return status === 0 ? out : undefined;
}
