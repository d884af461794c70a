// What is no file, and what is too large to be one, where files are read: refused at once, and not read.

import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readForeignSet } from "../../src/data/foreign/foreignSet.ts";
import { loadDataset } from "../../src/data/index.ts";
import { colour, tree } from "../data/files.ts";

const LIKE = { name: "like/train", shape: [3, 4, 4], classNames: ["a", "b"], flippable: true } as const;
const AS_THEY_ARE = { normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, zca: undefined };

const folder = (): string => tree({ "a/1.png": colour([1, 2, 3]), "b/1.png": colour([4, 5, 6]) });
const pipe = (path: string): string => {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("mkfifo", [path]);
  return path;
};
const failure = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => ({ code: "none", message: "was read" }),
    (reason: unknown) => reason as { code: string; message: string },
  );
  expect(["INVALID_DATA", "IO", "DATASET_NOT_FOUND"], error.message).toContain(error.code);
  return error.message;
};
/** Bytes that the process has held at most. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

describe.skipIf(process.platform === "win32")("in a folder of images", () => {
  test("a pipe, with and without a writer's end", async () => {
    const root = folder();
    pipe(join(root, "a/pipe.png"));
    expect(await failure(loadDataset(root, { size: 4 }))).toBe(`"${join(root, "a/pipe.png")}" is a pipe, not a file.`);
    const { train } = await loadDataset(root, { size: 4, corrupt: "skip" });
    expect(train.count).toBe(2);
  });

  test("a link to a pipe, to a device, to a folder's device", async () => {
    for (const [target, kind] of [[pipe(join(tree({}), "p")), "a pipe"], ["/dev/zero", "a device"], ["/dev/full", "a device"]]) {
      const root = folder();
      symlinkSync(target, join(root, "a/x.png"));
      expect(await failure(loadDataset(root, { size: 4 }))).toContain(`is ${kind}, not a file`);
    } // biome-ignore format: pairs
  });

  test("a socket", async () => {
    const root = folder();
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((ready) => server.listen(join(root, "a/s.png"), ready));
    expect(await failure(loadDataset(root, { size: 4 }))).toContain("is a socket, not a file");
  });

  test("a file that the system makes up while it is read", async () => {
    const root = folder();
    symlinkSync("/proc/self/mem", join(root, "a/m.png"));
    expect(await failure(loadDataset(root, { size: 4 }))).toMatch(/is empty \(0 bytes\)|cannot be read/);
  });

  test("a file of 1 GiB, of which nothing is read", async () => {
    const root = folder();
    writeFileSync(join(root, "a/big.png"), "");
    truncateSync(join(root, "a/big.png"), 2 ** 30);
    const before = peak();
    expect(await failure(loadDataset(root, { size: 4 }))).toContain(
      "it has 1073741824 bytes, more than the limit of 134217728",
    );
    expect(peak() - before).toBeLessThan(100 * 2 ** 20);
  });
});

describe.skipIf(process.platform === "win32")("wherever else files are read", () => {
  test.each(["set.npz", "set.csv", "set.parquet", "set.zip", "set.tar", "set.tgz", "set"])(
    "a pipe as the data set itself: %s",
    async (name) => {
      expect(await failure(loadDataset(pipe(join(tree({}), name))))).toContain("no file or folder of that name");
    },
  );

  test.each(["0.tar", "train-0.parquet"])("a pipe among the shards of a folder: %s", async (name) => {
    const root = tree({});
    pipe(join(root, name));
    expect(await failure(loadDataset(root))).toContain("it is a pipe, not a file");
  });

  test("what a table names", async () => {
    const root = tree({ "1.png": colour([1, 2, 3]), "t.csv": "1.png,a\nbig.png,b\n" });
    writeFileSync(join(root, "big.png"), "");
    truncateSync(join(root, "big.png"), 2 ** 30);
    expect(await failure(loadDataset(join(root, "t.csv")))).toContain("more than the limit of 134217728");
    truncateSync(join(root, "t.csv"), 2 ** 30);
    expect(await failure(loadDataset(join(root, "t.csv")))).toContain("more than the limit of 268435456");
  });

  test.each([
    ["mnist", "train-images-idx3-ubyte"],
    ["cifar10", "data_batch_1.bin"],
    ["svhn", "train_32x32.mat"],
    ["imagenet", "ILSVRC2012_img_train.tar"],
    ["tiny-imagenet", "tiny-imagenet-200.zip"],
  ])("a file of a published set: %s", async (name, file) => {
    const root = tree({});
    pipe(join(root, file));
    await failure(loadDataset(name, { dir: root }));
  });

  test.each(["f.pt", "f.npz", "f.safetensors", "images_best.pt"])("a set of another program: %s", async (name) => {
    const path = pipe(join(tree({}), name));
    const options = { like: LIKE, preprocessing: AS_THEY_ARE };
    expect(await failure(readForeignSet(path, options))).toContain("it is a pipe, not a file");
    expect(await failure(readForeignSet(dirname(path), options))).not.toContain("was read");
  });
});
