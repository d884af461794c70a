// `datadam export` where it fails half-way or is given again, and its pictures read again.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exportSet } from "../../src/cli/exporting.ts";
import { createUi } from "../../src/cli/ui.ts";
import { readForeignSet } from "../../src/data/index.ts";
import { classFolders } from "../../src/images/index.ts";
import { writeSyntheticSet } from "../../src/run/index.ts";
import { thisProcess } from "../../src/storage/node/index.ts";
import { temporaryFolder } from "../support-run.ts";

it("leaves no part of the pictures behind", async () => {
  const cwd = temporaryFolder();
  writeSyntheticSet(join(cwd, "set"), {
    images: new Float32Array(8),
    labels: Uint16Array.of(0, 1),
    shape: [1, 2, 2],
    // No file system takes the second as a folder.
    classNames: ["a", "b".repeat(300)],
    preprocessing: { normalization: { mean: [0.5], std: [0.25] }, zca: undefined },
    provenance: {},
  });
  mkdirSync(join(cwd, "empty"));
  for (const name of ["new", "empty"]) {
    const exporting = exportSet(join(cwd, "set"), { to: "png", out: join(cwd, name) }, createUi({ quiet: true }));
    await expect(exporting).rejects.toThrow("the name is too long");
  }
  expect([existsSync(join(cwd, "new")), readdirSync(join(cwd, "empty"))]).toEqual([false, []]);
});

const quiet = createUi({ quiet: true });

/** A set of one image a class, in a folder. */
function write(folder: string, classNames: readonly string[]): void {
  const count = classNames.length;
  writeSyntheticSet(folder, {
    images: Float32Array.from({ length: 4 * count }, (_, i) => Math.sin(i)),
    labels: Uint16Array.from({ length: count }, (_, i) => i),
    shape: [1, 2, 2],
    classNames,
    preprocessing: { normalization: { mean: [0.5], std: [0.25] }, zca: undefined },
    provenance: {},
  });
}

it.each(["png", "npz", "pt", "safetensors"] as const)("does nothing where all of it is there: %s", async (to) => {
  const cwd = temporaryFolder();
  write(join(cwd, "set"), ["a", "b"]);
  const out = join(cwd, "out");
  await exportSet(join(cwd, "set"), { to, out }, quiet);
  await exportSet(join(cwd, "set"), { to, out }, quiet);
  // One byte of another, one file less, one more: these are not what would be written.
  const file = to === "png" ? join(out, "a/0000.png") : out;
  const bytes = readFileSync(file);
  const spoilt = Buffer.from(bytes);
  spoilt[spoilt.length - 1]! ^= 1;
  const changes: [() => void, () => void][] = [[() => writeFileSync(file, spoilt), () => writeFileSync(file, bytes)]];
  if (to === "png")
    changes.push([() => writeFileSync(join(out, "a/more"), ""), () => {}], [() => rmSync(file), () => {}]);
  for (const [change, mend] of changes) {
    change();
    await expect(exportSet(join(cwd, "set"), { to, out }, quiet)).rejects.toThrow(/exists already/);
    mend();
  }
});

it.each(["png", "npz"] as const)("takes away what a killed export left, and leaves nothing: %s", async (to) => {
  const cwd = temporaryFolder();
  write(join(cwd, "set"), ["a", "b"]);
  const left = join(cwd, "out/.partial-x");
  mkdirSync(join(left, "claims"), { recursive: true });
  mkdirSync(join(left, "made/c"), { recursive: true });
  writeFileSync(join(left, "made/c/0000.png"), "of an earlier set");
  writeFileSync(join(left, "claims/0001.json"), JSON.stringify({ owner: { ...thisProcess(), pid: 2 ** 30 }, beat: 3 }));
  await exportSet(join(cwd, "set"), { to, out: join(cwd, "out/x") }, quiet);
  expect(readdirSync(join(cwd, "out"))).toEqual(to === "png" ? ["x"] : ["load_x.py", "x"]);
  if (to === "png") expect(readdirSync(join(cwd, "out/x"))).toEqual(["a", "b"]);
  // Killed when all was in its place: with its claim, and with the folder alone.
  for (const rest of [join(left, "claims"), left]) {
    mkdirSync(rest, { recursive: true });
    await exportSet(join(cwd, "set"), { to, out: join(cwd, "out/x") }, quiet);
    expect(existsSync(left)).toBe(false);
  }
});

it.each([
  [["n/a", "#1", "plain"]],
  [["train", "Test", "validation", "x"]],
  [["A", "a", "a/"]],
  [["..", ".", "", " "]],
  [["a:b", "a?b", 'a"b', "a|b"]],
  [["n_a", "n/a"]],
  [["1-b", "b", "B"]],
])("names pictures so that they are read as the classes that they are of: %j", async (classNames) => {
  const cwd = temporaryFolder();
  write(join(cwd, "set"), classNames);
  const folders = classFolders(classNames);
  expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(classNames.length);
  await exportSet(join(cwd, "set"), { to: "png", out: join(cwd, "png") }, quiet);
  expect(readdirSync(join(cwd, "png")).sort()).toEqual([...folders].sort());
  const like = { name: "like", shape: [1, 2, 2], classNames, flippable: false } as const;
  const preprocessing = { normalization: { mean: [0.5], std: [0.25] }, zca: undefined };
  const { set } = await readForeignSet(join(cwd, "png"), { like, preprocessing });
  expect([...set.labels]).toEqual(classNames.map((_, c) => c));
  // Each class has its own picture, within half a step of a byte.
  for (const [i, value] of set.images.entries())
    expect(Math.abs(value - Math.sin(i))).toBeLessThan(0.5 / 255 / 0.25 + 1e-6);
});
