// The pictures of a run, made by the command line.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decodeNpy } from "../../src/formats/index.ts";
import { type CliResult, runCli } from "../support-cli.ts";

const SIZE = 16;
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-pictures-"));
  for (const [label, name] of ["ant", "bee"].entries()) {
    mkdirSync(join(cwd, "insects", name), { recursive: true });
    for (let n = 0; n < 8; n++) {
      const pixels = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => (37 * n + 91 * label + 13 * i) % 254);
      await sharp(pixels, { raw: { width: SIZE, height: SIZE, channels: 3 } })
        .png()
        .toFile(join(cwd, "insects", name, `${n}.png`));
    }
  }
  const words = [
    "distill",
    "--dataset",
    "insects",
    "--split",
    "0.5",
    "--size",
    "16",
    "--preset",
    "quick",
    "--ipc",
    "2",
    "--out",
    "run",
  ];
  await run(...words, "--iterations", "3", "--set", "width=4", "--set", "depth=2", "--set", "batchReal=2");
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...words: string[]): Promise<CliResult> {
  const result = await runCli(words, { cwd });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

interface Picture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function picture(name: string): Promise<Picture> {
  const { data, info } = await sharp(join(cwd, name)).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Where an image (CHW) stands in a picture, four times as large. */
function placeOf(image: Uint8Array, { data, width, height }: Picture): [x: number, y: number] | undefined {
  const area = SIZE * SIZE;
  const at = (x: number, y: number): boolean => {
    for (let i = 0; i < area; i++) {
      const pixel = (y + 4 * Math.floor(i / SIZE)) * width + x + 4 * (i % SIZE);
      for (let c = 0; c < 3; c++) if (data[3 * pixel + c] !== image[c * area + i]) return false;
    }
    return true;
  };
  for (let y = 0; y + 4 * SIZE <= height; y++) {
    for (let x = 0; x + 4 * SIZE <= width; x++) if (at(x, y)) return [x, y];
  }
  return undefined;
}

it("grid.png has what a distillation began with, and to its right what became of it, a row a class", async () => {
  const grid = await picture("run/grid.png");
  await run("export", "run", "--to", "png", "--out", "images");
  const start = decodeNpy(readFileSync(join(cwd, "run/start.npy")));
  expect(start.shape).toEqual([2, 2, 3, SIZE, SIZE]);
  const length = 3 * SIZE * SIZE;
  const rows: number[] = [];
  for (const [label, name] of ["ant", "bee"].entries()) {
    for (const n of [0, 1]) {
      const from = (start.data as Uint8Array).subarray((2 * label + n) * length, (2 * label + n + 1) * length);
      const file = join(cwd, "images", name, readdirSync(join(cwd, "images", name)).sort()[n]!);
      const hwc = await sharp(file).raw().toBuffer();
      const to = Uint8Array.from({ length }, (_, i) => hwc[(i % 256) * 3 + Math.floor(i / 256)]!);
      const [left, right] = [placeOf(from, grid), placeOf(to, grid)];
      expect(left![0]).toBeLessThan(right![0] - 2 * 4 * SIZE);
      expect(left![1]).toBe(right![1]);
      rows.push(left![1]);
    }
  }
  expect([rows[0], rows[2]]).toEqual([rows[1], rows[3]]);
  expect(rows[2]! - rows[0]!).toBe(4 * SIZE + 2);
});

it("evaluate writes the same with the accuracies below, and says where", async () => {
  const { stdout } = await run("evaluate", "run", "--networks", "1");
  expect(stdout).toMatch(/\n\npicture: run\/result\.png\n$/);
  const [grid, result] = [await picture("run/grid.png"), await picture("run/result.png")];
  expect(result.width).toBe(grid.width);
  expect(result.height).toBeGreaterThan(grid.height);
  expect(result.data.subarray(0, grid.data.length).equals(grid.data)).toBe(true);
  expect(result.data.subarray(grid.data.length)).toContain(0);
  // The picture of the run is as it was: the job is still finished.
  const again = await run("distill", "--resume", "run");
  expect(again.stderr).not.toContain("resuming");
});
