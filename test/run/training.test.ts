// The directory of a training: what is written comes back, and damage is noticed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { decodeSafetensors } from "../../src/formats/index.ts";
import { beginTraining, openTraining, type TrainingRecord } from "../../src/run/index.ts";
import { protocols, type TrainingState } from "../../src/train/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "datadam-training-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record: TrainingRecord = {
  format: "datadam-training/1",
  seed: 1,
  network: { name: "convnet", width: 4 },
  protocol: protocols.whole,
  zca: false,
  dataset: { source: "x", name: "x/train", count: 1, shape: [1, 8, 8], classNames: ["a"], fingerprint: "f" },
  versions: {},
  created: "2026-01-01T00:00:00.000Z",
};
const stateAt = (step: number): TrainingState => {
  const arrays = (scale: number) => ({
    "a.weight": { shape: [2, 2], data: Float32Array.of(1, 2, 3, step).map((x) => x * scale) },
  });
  return { step, epochLoss: 0.1 + step, losses: [0.3], parameters: arrays(1), buffers: {}, momentum: arrays(1 / 3) };
};
const begin = () => beginTraining(folder, record, () => {});

it("gives back the newest state, to the bit, and keeps the one before", () => {
  const training = begin();
  expect(training.latestState()).toBeUndefined();
  for (const step of [5, 10, 15]) training.saveState(stateAt(step), step / 10);
  const again = openTraining(folder);
  expect(again.record).toEqual(record);
  expect(again.latestState()).toEqual({ state: stateAt(15), seconds: 1.5 });
  again.close();
});

it("passes over a damaged state with a warning, and refuses one of another configuration", () => {
  const training = begin();
  for (const step of [5, 10]) training.saveState(stateAt(step), 1);
  const path = join(folder, "checkpoints/state-10.safetensors");
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
  const warnings: string[] = [];
  expect(training.latestState((message) => warnings.push(message))?.state).toEqual(stateAt(5));
  expect(warnings).toEqual([expect.stringContaining("its checksum does not match")]);
  const other = beginTraining(folder, { ...record, seed: 2 }, () => {});
  expect(() => other.latestState()).toThrow("belongs to another configuration");
});

it("writes the parameters under their names, and refuses the folder of something else", () => {
  begin().writeResult(stateAt(3), { accuracy: 50 });
  const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(join(folder, "parameters.safetensors"))));
  expect(tensors).toEqual({ "a.weight": { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 3) } });
  writeFileSync(join(folder, "config.json"), '{"format":"datadam-run/1"}');
  expect(() => openTraining(folder)).toThrow("is not the record of a training");
  rmSync(join(folder, "config.json"));
  expect(() => openTraining(folder)).toThrow("No training in");
});
