import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, loadDataset } from "../../../src/data/index.ts";
import { fingerprint } from "../../../src/run/index.ts";
import { colour, file, tar, tree } from "../files.ts";

const good = { "a/1.png": colour([1, 2, 3]), "a/5.png": colour([5, 6, 7]), "b/2.png": colour([9, 8, 7]) };
const bad = {
  "a/2.png": Buffer.from("no image"),
  "a/3.png": new Uint8Array(0),
  "b/1.png": colour([1, 1, 1]).slice(0, 40),
  "b/3.png": Buffer.from("nor this"),
};
/** Loads and collects the warnings. */
async function load(root: string, options: DatasetOptions) {
  const warnings: string[] = [];
  const dataset = await loadDataset(root, { size: 2, ...options, onWarning: (text) => warnings.push(text) });
  return { dataset, warnings };
}

describe.each(["memory", "disk"] as const)("corrupt images, kept in %s", (store) => {
  test("fail by default, with the first path", async () => {
    const options = { store, cacheDir: tree({}) };
    const failure = { code: "INVALID_DATA", message: expect.stringMatching(/a\/2.png" is not a PNG/) };
    const root = tree({ ...good, ...bad });
    await expect(load(root, options)).rejects.toMatchObject(failure);
    await load(root, { ...options, corrupt: "skip" });
    await expect(load(root, options)).rejects.toMatchObject(failure); // though the cache has the rest
  });

  test("are left out where asked, and the first few are told, each time", async () => {
    const options = { store, cacheDir: tree({}), corrupt: "skip" } as const;
    const root = tree({ ...good, ...bad });
    const { dataset, warnings } = await load(root, options);
    const clean = await load(tree(good), { store: "memory" });
    expect(fingerprint(dataset.train)).toBe(fingerprint(clean.dataset.train));
    expect([...dataset.train.labels]).toEqual([0, 0, 1]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^4 images of ".*" were skipped: ".*a\/2.png" is not a PNG.*; ".*a\/3.png" is empty.*; .*; \.\.\.$/,
      ),
    ]);
    expect((await load(root, options)).warnings).toEqual(warnings);
  });

  test("count as such where the file cannot be read", async () => {
    const root = tree(good);
    symlinkSync("/nowhere/1.png", join(root, "a/0.png"));
    const { dataset, warnings } = await load(root, { store, cacheDir: tree({}), corrupt: "skip" });
    expect([dataset.train.count, warnings]).toEqual([3, [expect.stringMatching(/1 image .* cannot be read: ENOENT/)]]);
  });

  test("are an error where a class has no other", async () => {
    const root = tree({ ...good, "c/1.png": "broken" });
    await expect(load(root, { store, cacheDir: tree({}), corrupt: "skip" })).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/No training image of the class "c"/),
    });
  });
});

test.each(["memory", "disk"] as const)(
  "corrupt images of a tar archive are left out where asked: %s",
  async (store) => {
    const root = file("set.tar", await tar({ ...good, ...bad }));
    const options = { store, cacheDir: tree({}) };
    const { dataset, warnings } = await load(root, { ...options, corrupt: "skip" });
    expect([dataset.train.count, warnings]).toEqual([3, [expect.stringMatching(/^4 images/)]]);
    await expect(load(root, options)).rejects.toMatchObject({ code: "INVALID_DATA" });
  },
);

test.each([
  [{ store: "ram" }, /store must be memory, disk or auto, but it is "ram"/],
  [{ corrupt: "ignore" }, /must be fail or skip, but it is "ignore"/],
])("refuses %o", async (options, message) => {
  await expect(load(tree(good), options as DatasetOptions)).rejects.toThrow(message);
});
