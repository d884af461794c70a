// The file of a distilled set: what it holds, and what is said where it is damaged.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DatadamError } from "../../src/errors.ts";
import { decodeSafetensors } from "../../src/formats/index.ts";
import type { SyntheticSet } from "../../src/images/types.ts";
import { readSyntheticSet, writeSyntheticSet } from "../../src/run/index.ts";
import { makeRecord, makeSet, makeState, PLAIN, temporaryFolder } from "../support-run.ts";

/** As a distillation writes it. */
function write(folder: string, set: SyntheticSet): void {
  const provenance = { preset: "paper", ...makeRecord().config, iteration: 10 };
  writeSyntheticSet(folder, { ...set, provenance });
}

function failure(work: () => unknown): DatadamError {
  try {
    work();
  } catch (error) {
    if (error instanceof DatadamError) return error;
    throw error;
  }
  throw new Error("it should have failed");
}

describe("the set of a run", () => {
  it("holds images, labels and metadata, and is read back with its provenance", () => {
    const folder = temporaryFolder();
    const set = makeSet(makeState(10));
    write(folder, set);
    const { tensors, metadata } = decodeSafetensors(
      new Uint8Array(readFileSync(join(folder, "synthetic.safetensors"))),
    );
    expect(tensors.images).toMatchObject({ dtype: "F32", shape: [6, 1, 8, 8] });
    expect([...(tensors.labels!.data as BigInt64Array)]).toEqual([0n, 0n, 1n, 1n, 2n, 2n]);
    expect(metadata).toMatchObject({
      normalization: '{"mean":[0.5],"std":[0.25]}',
      classNames: '["ant","bee","cat"]',
      preset: "paper",
      norm: "instance",
      power: "4",
      lambda: "0.01",
      scale: "100",
      seed: "0",
      iteration: "10",
    });
    const back = readSyntheticSet(folder);
    expect(back).toEqual({
      ...set,
      provenance: { preset: "paper", ...makeRecord().config, labelRate: 0, iteration: 10 },
    });
    expect(readSyntheticSet(join(folder, "synthetic.safetensors"))).toEqual(back);
  });

  it("carries the whitening in a file beside it, and says when that is missing", () => {
    const folder = temporaryFolder();
    const identity = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 2 : 0));
    const zca = {
      eps: 0.1,
      mean: new Float32Array(64).fill(0.25),
      whiten: identity.map((x) => x / 4),
      unwhiten: identity,
    };
    const preprocessing = { ...PLAIN, zca };
    write(folder, makeSet(makeState(10), preprocessing));
    expect(readSyntheticSet(folder).preprocessing).toEqual(preprocessing);
    writeFileSync(join(folder, "preprocessing.safetensors"), "x");
    expect(failure(() => readSyntheticSet(folder)).code).toBe("INVALID_RUN");
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ["empty", () => Buffer.alloc(0)],
    ["another file", () => Buffer.from("PK\u0003\u0004")],
  ])("is refused with its path where it is %s", (_, damage) => {
    const folder = temporaryFolder();
    write(folder, makeSet(makeState(10)));
    const path = join(folder, "synthetic.safetensors");
    writeFileSync(path, damage(readFileSync(path)));
    const error = failure(() => readSyntheticSet(folder));
    expect(error.code).toBe("INVALID_RUN");
    expect(error.message).toContain(`${path} is damaged: `);
  });

  it("is asked for by name where there is none", () => {
    expect(failure(() => readSyntheticSet(temporaryFolder()))).toMatchObject({ code: "RUN_NOT_FOUND" });
  });
});
