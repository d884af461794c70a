// What a written set carries beside its images: soft labels, and how it was chosen.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/index.ts";
import type { SyntheticSet } from "../../src/images/types.ts";
import { PREPROCESSING_FILE } from "../../src/run/codec.ts";
import { holdsSyntheticSet, readSyntheticSet, SYNTHETIC_FILE, writeSyntheticSet } from "../../src/run/index.ts";
import { makeSet, makeState, PLAIN, temporaryFolder } from "../support-run.ts";

describe("a written set", () => {
  const softLabels = Float32Array.from({ length: 18 }, (_, i) => [0.25, 0.5, 0.25][i % 3]!);

  it("keeps soft labels, and has none where it was given none", () => {
    const folder = temporaryFolder();
    writeSyntheticSet(folder, { ...makeSet(makeState(1)), softLabels });
    expect(readSyntheticSet(folder).softLabels).toEqual(softLabels);
    writeSyntheticSet(folder, makeSet(makeState(1)));
    expect(readSyntheticSet(folder)).not.toHaveProperty("softLabels");
  });

  it("is not written where its arrays do not fit each other", () => {
    const folder = temporaryFolder();
    const set = makeSet(makeState(1));
    const labels = set.labels.slice().fill(7, 2, 3);
    expect(() => writeSyntheticSet(folder, { ...set, labels })).toThrow("the set gives image 2 the label 7");
    expect(() => writeSyntheticSet(folder, { ...set, labels: set.labels.slice(1) })).toThrow("the set holds");
    expect(() => readSyntheticSet(folder)).toThrow("No distilled set");
  });

  it("says how it was chosen, where it was not distilled", () => {
    const folder = temporaryFolder();
    const provenance = { method: "k-means", features: "pixels", dataset: "tiny/train", ipc: 2, seed: 3 };
    writeSyntheticSet(folder, { ...makeSet(makeState(1)), provenance });
    expect(readSyntheticSet(folder).provenance).toMatchObject({
      method: "k-means",
      features: "pixels",
      ipc: 2,
      seed: 3,
    });
    writeSyntheticSet(folder, { ...makeSet(makeState(1)), provenance: { method: "dm", ipc: 2 } });
    expect(readSyntheticSet(folder).provenance).toMatchObject({ method: "dm", ipc: 2 });
  });

  it.each([
    ["of another shape", { shape: [9, 2], data: softLabels }, "soft_labels are not float32 [6, 3]"],
    [
      "that are no probabilities",
      { shape: [6, 3], data: softLabels.map((x) => 2 * x) },
      "soft_labels are no probabilities",
    ],
  ])("is damaged with soft labels %s", (_, tensor, message) => {
    const path = join(temporaryFolder(), SYNTHETIC_FILE);
    writeSyntheticSet(join(path, ".."), makeSet(makeState(1)));
    const { tensors, metadata } = decodeSafetensors(readFileSync(path));
    writeFileSync(path, encodeSafetensors({ ...tensors, soft_labels: { dtype: "F32", ...tensor } }, metadata));
    expect(() => readSyntheticSet(path)).toThrow(message);
  });

  it("does not take the whitening of another set that is in its folder", () => {
    const folder = temporaryFolder();
    const whitened = (shift: number): SyntheticSet => {
      const identity = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 1 : 0));
      const zca = { eps: 0.1, mean: new Float32Array(64).fill(shift), whiten: identity, unwhiten: identity };
      return makeSet(makeState(1), { ...PLAIN, zca });
    };
    writeSyntheticSet(folder, whitened(0));
    writeSyntheticSet(folder, whitened(0));
    expect(() => writeSyntheticSet(folder, whitened(1))).toThrow("holds the whitening of another set");
    expect(readSyntheticSet(folder).preprocessing.zca?.mean[0]).toBe(0);
    rmSync(join(folder, PREPROCESSING_FILE));
    expect(() => readSyntheticSet(folder)).toThrow(/needs the whitening matrices of .*, which is missing/);
  });

  it("is told from other safetensors files", () => {
    const folder = temporaryFolder();
    writeSyntheticSet(folder, makeSet(makeState(1)));
    writeFileSync(join(folder, "other.safetensors"), encodeSafetensors({}));
    const files = [SYNTHETIC_FILE, "other.safetensors", "gone.safetensors"].map((name) => join(folder, name));
    expect(files.map(holdsSyntheticSet)).toEqual([true, false, false]);
  });

  it("says of files of other kinds that they are no run, not that they are damaged", () => {
    const path = join(temporaryFolder(), "theirs.pt");
    writeFileSync(path, "PK");
    expect(() => readSyntheticSet(path)).toThrow(`theirs.pt is neither the folder of a run nor its ${SYNTHETIC_FILE}`);
  });
});
