import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/index.ts";
import { prepare, preprocessingFromTensors, preprocessingToTensors } from "../../src/images/index.ts";
import { imageSet, noise } from "./oracle.ts";

const set = imageSet([3, 2, 2], noise(12 * 30));

describe("preprocessing as tensors", () => {
  test.each([false, { eps: 0.05 }] as const)("survives a safetensors file (zca %o)", async (zca) => {
    const { preprocessing } = await prepare(set, { zca });
    const { tensors, metadata } = preprocessingToTensors(preprocessing);
    const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
    const names = zca ? ["zca.mean", "zca.whiten", "zca.unwhiten"] : [];
    expect(Object.keys(read.tensors)).toEqual(names);
    const back = preprocessingFromTensors(read.tensors, read.metadata);
    expect(back.normalization).toEqual(preprocessing.normalization);
    expect(back.zca?.eps).toBe(preprocessing.zca?.eps);
    for (const name of ["mean", "whiten", "unwhiten"] as const) {
      expect(back.zca && [...back.zca[name]]).toEqual(preprocessing.zca && [...preprocessing.zca[name]]);
    }
  });

  test.each<[string, (parts: ReturnType<typeof preprocessingToTensors>) => void]>([
    ["a missing matrix", ({ tensors }) => delete tensors["zca.unwhiten"]],
    ["a matrix of another shape", ({ tensors }) => (tensors["zca.whiten"].shape = [6, 24])],
    ["a number that is not finite", ({ tensors }) => (tensors["zca.mean"].data[2] = Number.NaN)],
    ["an eps of 0", ({ metadata }) => (metadata["zca.eps"] = "0")],
    ["no normalisation", ({ metadata }) => delete metadata.normalization],
    ["a normalisation that is no JSON", ({ metadata }) => (metadata.normalization = "{")],
    ["a mean without its std", ({ metadata }) => (metadata.normalization = '{"mean":[1,2],"std":[1]}')],
  ])("is refused with %s", async (_name, damage) => {
    const parts = preprocessingToTensors((await prepare(set, { zca: { eps: 0.1 } })).preprocessing);
    damage(parts);
    expect(() => preprocessingFromTensors(parts.tensors, parts.metadata)).toThrow(
      expect.objectContaining({ code: "INVALID_DATA" }),
    );
  });
});
