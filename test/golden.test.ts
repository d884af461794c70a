// The images that six small distillations give, byte for byte, against those that they gave before.
//
// A hash sees every change and says nothing of right and wrong: it guards work on the code that must change no number.
// DATADAM_GOLDEN=off skips it. DATADAM_GOLDEN=write keeps what this machine gives now: only where numbers are meant to
// change (CONTRIBUTING.md).

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createEngine,
  type DistillOptions,
  distill,
  type Engine,
  type ImageSet,
  loadDataset,
  presets,
} from "../src/index.ts";
import { machineType } from "./support/machine.ts";
import { patches } from "./support/sets.ts";

const FILE = new URL("./fixtures/golden.json", import.meta.url);
const MODES = ["", "off", "write"];
const mode = process.env.DATADAM_GOLDEN ?? "";
if (!MODES.includes(mode)) throw new Error(`DATADAM_GOLDEN is off or write, not "${mode}"`);

/** By machine type and configuration: SHA-256 of the images as little-endian float32. */
type Golden = Record<string, Record<string, string>>;
const golden = JSON.parse(readFileSync(FILE, "utf8")) as Golden;

const machine = machineType();
const UNKNOWN = `no golden bytes for this machine (${machine ?? "instruction sets unknown"}): not compared`;
const letters = (await loadDataset("builtin")).train;
const colour = patches({ channels: 3, size: 12, perClass: 40, seed: 3 });
const short = { iterations: 4, width: 8, seed: 11 } as const;

const configurations: Record<string, { set: ImageSet; options: DistillOptions; images: number }> = {
  paper: { set: colour, options: { ...presets.paper, ...short, ipc: 2, zca: true }, images: 3 * 2 },
  official: { set: colour, options: { ...presets.official, ...short, ipc: 3 }, images: 3 * 3 },
  dm: { set: letters, options: { ...presets.dm, ...short, batchReal: 32, ipc: 2 }, images: 10 * 2 },
  dsa: {
    set: colour,
    options: { ...presets.dsa, ...short, iterations: 2, batchReal: 32, ipc: 2, outerLoops: 2, innerLoops: 2 },
    images: 3 * 2,
  },
  "factor 2": { set: letters, options: { ...presets.paper, ...short, batchReal: 32, ipc: 1, factor: 2 }, images: 10 },
  // So many of a class that they are matched in two passes; a shard, all operations in turn.
  averaging: {
    set: letters,
    options: {
      ...presets.paper,
      ...short,
      batchReal: 40,
      ipc: 68,
      averaging: 4,
      augmentMode: "all",
      classes: [1, 4],
    },
    images: 2 * 68,
  },
};

describe.skipIf(mode === "off")("the images of small distillations", () => {
  const engines: Engine[] = [];
  beforeAll(async () => {
    if (mode === "" && (machine === undefined || !(machine in golden))) process.stderr.write(`${UNKNOWN}\n`);
    for (const workers of [1, 2]) engines.push(await createEngine({ workers }));
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.close())));

  for (const [name, { set, options, images }] of Object.entries(configurations)) {
    test(`${name}: the same bytes as ever, with one worker and with two`, async ({ skip }) => {
      const [one, two] = await Promise.all(
        engines.map(async (engine) => {
          const result = await distill(set, { ...options, engine }).result;
          expect(result.images.length).toBe(images * set.shape[0] * set.shape[1] * set.shape[2]);
          return hash(result.images);
        }),
      );
      expect(two).toBe(one);
      if (mode === "write") return keep(name, one);
      const known = machine === undefined ? undefined : golden[machine];
      if (known === undefined) return skip(UNKNOWN);
      expect(one).toBe(known[name]);
    });
  }
});

test("golden bytes are kept for exactly these configurations", () => {
  for (const [type, hashes] of Object.entries(golden)) {
    expect(Object.keys(hashes), type).toEqual(Object.keys(configurations));
    expect(new Set(Object.values(hashes)).size, type).toBe(Object.keys(configurations).length);
  }
});

function hash(values: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) bytes.setFloat32(4 * i, value, true);
  return createHash("sha256").update(bytes).digest("hex");
}

function keep(name: string, sha256: string): void {
  if (machine === undefined)
    throw new Error("the instruction sets of this machine are unknown: nothing to keep hashes by");
  golden[machine] = { ...golden[machine], [name]: sha256 };
  writeFileSync(FILE, `${JSON.stringify(golden, undefined, 2)}\n`);
}
