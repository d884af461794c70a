import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, file, gzip, tar, tree } from "../files.ts";

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/data/${name}`, import.meta.url));
const [jpeg, webp] = [fixture("flat.jpg"), fixture("lossless.webp")];
const png = colour([1, 2, 3]);
const fails = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

/** What loading warns of. */
async function warnings(path: string, more = {}): Promise<string[]> {
  const told: string[] = [];
  await loadDataset(path, { size: 4, ...more, onWarning: (message) => told.push(message) });
  return told;
}

describe("images of another format than their names say", () => {
  const files = {
    "a/1.jpg": png,
    "a/2.JPEG": jpeg,
    "a/3.png": webp,
    "b/1.PNG": png,
    "b/2.webp": jpeg,
    "b/3.jpeg": png,
  };
  const wrong = /^4 images of ".*" are of another format than the name says, and read as what they are: /;
  const some = "a/1.jpg is a PNG, a/3.png is a WebP, b/2.webp is a JPEG, ...";

  test("are told once, with the first three, in a folder, a zip and a tar", async () => {
    const folder = tree(files);
    for (const place of [folder, file("set.zip", zipSync(files)), file("set.tar", await tar(files))]) {
      expect(await warnings(place)).toEqual([expect.stringMatching(wrong)]);
      expect((await warnings(place))[0]).toContain(some);
    }
  });

  test("are told from the cache too", async () => {
    const options = { store: "disk", cacheDir: tree({}) };
    const folder = tree(files);
    const [first, again] = [await warnings(folder, options), await warnings(folder, options)];
    expect(first).toEqual([expect.stringMatching(wrong)]);
    expect(again).toEqual(first);
  });

  test("are none where names are right, or say nothing", async () => {
    expect(await warnings(tree({ "a/1.png": png, "a/2.jpeg": jpeg, "b/1.webp": webp, "b/2.JPG": jpeg }))).toEqual([]);
  });

  test("are refused, by what they are, where they are no image that is read", async () => {
    for (const [head, what] of [
      ["\0\0\0\x18ftypheic", " but a HEIC"],
      ["<!DOCTYPE html>", " but a web page or SVG"],
      ["8BPS", " but a Photoshop file"],
      ["nothing", ""],
    ]) {
      const root = tree({ "a/1.jpg": `${head} and more`, "b/1.png": png });
      const message = new RegExp(
        `1\\.jpg" is not a PNG, JPEG, WebP, GIF, BMP, TIFF, PPM, PGM or AVIF image${what}, whatever`,
      );
      await expect(loadDataset(root)).rejects.toMatchObject(fails("INVALID_DATA", message));
    }
  });
});

describe("archives of another kind than their names say", () => {
  const files = { "a/1.png": png, "b/1.png": png };
  const parquet = readFileSync(new URL("../../fixtures/parquet/plain.parquet", import.meta.url));

  test.each([
    ["set.zip", async () => tar(files), "a plain tar archive"],
    ["set.zip", async () => gzip(await tar(files)), "gzipped"],
    ["set.tgz", async () => tar(files), "a plain tar archive"],
    ["set.tar", async () => gzip(await tar(files)), "gzipped"],
    ["set.tar.gz", async () => zipSync(files), "a zip archive"],
    ["set.zip", async () => parquet, "a Parquet file"],
  ])("are read as what they are, and told: %s", async (name, bytes, what) => {
    const path = file(name, await bytes());
    expect(await warnings(path)).toEqual([`"${path}" is ${what}, whatever its name says, and read as that`]);
  });

  test("are none where names are right, or say nothing", async () => {
    const right = { "set.zip": zipSync(files), "set.tar": await tar(files), "set.tar.gz": gzip(await tar(files)), set: zipSync(files) }; // biome-ignore format: one list
    for (const [name, bytes] of Object.entries(right)) expect(await warnings(file(name, bytes))).toEqual([]);
  });

  test("are refused where they are something else", async () => {
    const image = file("photo.png", png);
    await expect(loadDataset(image)).rejects.toMatchObject(fails("INVALID_DATA", /photo.png" is a single image, so/));
    await expect(loadDataset(file("notes.txt", gzip("x").subarray(5)))).rejects.toMatchObject(
      fails(
        "INVALID_DATA",
        /notes.txt" is not of a format that can be read.*\.npz file.*Parquet.*\.csv file.*zip archive/,
      ),
    );
    const dir = tree({ "cifar-10-binary.tar.gz": zipSync({ "data_batch_1.bin": png }) });
    await expect(loadDataset("cifar10", { dir })).rejects.toMatchObject(
      fails("INVALID_DATA", /it is a zip archive, not a tar archive/),
    );
  });

  test.skipIf(process.platform === "win32")("are not waited for where they are pipes", async () => {
    const pipe = join(tree({}), "set.tar");
    execFileSync("mkfifo", [pipe]);
    await expect(loadDataset(pipe)).rejects.toMatchObject(fails("DATASET_NOT_FOUND", /There is no data set/));
  });
});
