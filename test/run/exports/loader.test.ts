// The loader beside an exported file, in PyTorch: what it gives is what we decode ourselves.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeNpz, type NpyArray } from "../../../src/formats/index.ts";
import { expandSet, imageSet, prepareWith, type SyntheticSet, unprepare } from "../../../src/images/index.ts";
import { ARRAY_FORMATS, exportFiles, loaderOf } from "../../../src/run/exports/index.ts";
import { encodePreprocessing } from "../../../src/run/portable.ts";
import { debianPython } from "../../support/python.ts";
import { temporaryFolder } from "../../support-run.ts";

const CLASSES = ['"""\nimport os', "b\\", "\u{1f41d}\u202e"];
const D = 2 * 4 * 4;

/** Three images, of four smaller ones each, with soft labels; whitened where that is wanted. */
function setOf(whitened: boolean): SyntheticSet {
  const matrix = Float32Array.from({ length: D * D }, (_, i) => (i % (D + 1) === 0 ? 1.5 : Math.sin(i) / 50));
  const symmetric = matrix.map((_, i) => (matrix[i]! + matrix[(i % D) * D + Math.floor(i / D)]!) / 2);
  return {
    images: Float32Array.from({ length: 3 * D }, (_, i) => Math.sin(7 * i)),
    labels: Uint16Array.of(0, 1, 2),
    factor: 2,
    softLabels: Float32Array.from({ length: 12 * 3 }, (_, i) => [0.5, 0.25, 0.25][(i + Math.floor(i / 3)) % 3]!),
    shape: [2, 4, 4],
    classNames: CLASSES,
    preprocessing: {
      normalization: { mean: [0.4, 0.5], std: [0.2, 0.3] },
      zca: whitened
        ? { eps: 0.1, mean: new Float32Array(D).fill(0.2), whiten: symmetric, unwhiten: symmetric }
        : undefined,
    },
    provenance: {},
  };
}

/** What the loader gives: written by Python itself, so that each dtype shows. */
const SCRIPT = `
import importlib, sys
import numpy, torch
sys.path.insert(0, sys.argv[1])
module = importlib.import_module(sys.argv[2])
plain, soft = module.Distilled(), module.Distilled(soft=True)
loader = torch.utils.data.DataLoader(soft, batch_size=5)
batches = list(loader)
pixels = torch.arange(${2 * D}, dtype=torch.int64).mul(37).remainder(256).to(torch.uint8).view(2, 2, 4, 4)
numpy.savez(
    sys.argv[1] + "/found.npz",
    images=torch.stack([image for image, _ in plain]), labels=torch.stack([label for _, label in plain]),
    loaded=torch.cat([images for images, _ in batches]), soft=torch.cat([targets for _, targets in batches]),
    pixels=plain.pixels, prepared=plain.prepare(pixels), count=len(plain),
)
sys.stdout.buffer.write("\\0".join(plain.classes).encode())
`;

describe.each(ARRAY_FORMATS)("a loader of %s", (format) => {
  it.for([false, true])("gives in PyTorch what we decode, whitened: %s", async (whitened, { skip }) => {
    const python = debianPython("torch");
    if (python === undefined) return skip("python3-torch is not installed: apt-get install python3-torch");
    const set = setOf(whitened);
    const folder = temporaryFolder();
    const file = `a set.${format}`;
    writeFileSync(join(folder, file), (await exportFiles(set, format))[""]!);
    writeFileSync(join(folder, "preprocessing.safetensors"), encodePreprocessing(set.preprocessing));
    const { name, text } = loaderOf(file, format, set);
    writeFileSync(join(folder, name), text);
    expect(name).toBe(`load_a_set_${format}.py`);
    const { status, stdout, stderr } = spawnSync(python, ["-c", SCRIPT, folder, name.replace(".py", "")]);
    expect([status, String(stderr)]).toEqual([0, ""]);
    expect(String(stdout).split("\0")).toEqual(CLASSES);
    const found = decodeNpz(readFileSync(join(folder, "found.npz")));
    const whole = expandSet(set);
    const array = (key: string): NpyArray => found[key] as NpyArray;
    expect(array("images")).toEqual({ dtype: "f4", shape: [12, 2, 4, 4], data: whole.images });
    expect(array("loaded").data).toEqual(whole.images);
    expect(array("labels")).toEqual({
      dtype: "i8",
      shape: [12],
      data: BigInt64Array.from(whole.labels, BigInt),
    });
    expect(array("soft")).toEqual({ dtype: "f4", shape: [12, 3], data: set.softLabels });
    expect(array("pixels").data).toEqual(unprepare(whole.images, [12, 2, 4, 4], set.preprocessing));
    const pixels = Uint8Array.from({ length: 2 * D }, (_, i) => (i * 37) % 256);
    const real = imageSet({ name: "real", shape: [2, 4, 4], pixels, labels: Uint16Array.of(0, 1), classNames: CLASSES }); // biome-ignore format: short
    const own = (await prepareWith(set.preprocessing, real)).read([0, 1]);
    const prepared = array("prepared").data as Float32Array;
    expect(prepared).toHaveLength(own.length);
    for (const [i, value] of own.entries()) expect(Math.abs(prepared[i]! - value)).toBeLessThan(1e-5);
  });
});

it("a loader is ASCII, whatever the names", () => {
  const { text } = loaderOf("export.npz", "npz", { ...setOf(true), classNames: [...CLASSES, "\ud800"] });
  expect(/^[\x20-\x7e\n]*$/.test(text)).toBe(true);
  expect(text).toContain('    "\\"\\"\\"\\u000aimport os",\n    "b\\\\",\n    "\\U0001f41d\\u202e",\n    "\\ud800",\n');
});
