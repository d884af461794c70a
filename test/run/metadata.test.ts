// The metadata of synthetic.safetensors, which anyone may have written: what is wrong in them is said, and no more.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../../src/formats/index.ts";
import type { SyntheticSet } from "../../src/images/types.ts";
import {
  decodePreprocessing,
  encodePreprocessing,
  encodeSyntheticSet,
  isSyntheticSet,
  openSyntheticSet,
} from "../../src/run/portable.ts";
import { makeRecord, makeSet, makeState } from "../support-run.ts";

const distilled = encodeSyntheticSet({
  ...makeSet(makeState(1)),
  provenance: { preset: "paper", ...makeRecord().config, iteration: 10 },
});
const chosen = encodeSyntheticSet({ ...makeSet(makeState(1)), provenance: { method: "k-means", features: "pixels", ipc: 2 } }); // biome-ignore format: one call
const { metadata: ofChosen } = decodeSafetensors(chosen);

type Changes = Readonly<Record<string, string | undefined>>;
/** The distilled set with other metadata; undefined leaves one out. */
function changed(
  changes: Changes,
  tensors: Readonly<Record<string, Tensor>> = {},
  of: Uint8Array = distilled,
): Uint8Array {
  const file = decodeSafetensors(of);
  const metadata = Object.entries({ ...file.metadata, ...changes }).filter(([, text]) => text !== undefined);
  return encodeSafetensors({ ...file.tensors, ...tensors }, Object.fromEntries(metadata) as Record<string, string>);
}
const read = (bytes: Uint8Array): SyntheticSet => openSyntheticSet(bytes, "x").decode();
/** Why it is refused, which is no fault of ours. */
function refusal(bytes: Uint8Array): string {
  let error: Error & { code?: string } = new Error("was read");
  try {
    read(bytes);
  } catch (thrown) {
    error = thrown as Error;
  }
  expect(error.code, error.message).toBe("INVALID_RUN");
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    expect(cause, cause.stack).not.toBeInstanceOf(TypeError);
    expect(cause, cause.stack).not.toBeInstanceOf(RangeError);
  }
  expect(error.message.length).toBeLessThan(1000);
  return error.message.replace("x is damaged: ", "");
}
const json = JSON.stringify;
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const configWith = (more: object): string =>
  json({ ...JSON.parse(decodeSafetensors(distilled).metadata.config), ...more });

describe("metadata that are wrong", () => {
  it.each<[string, Changes, RegExp]>([
    ["no format", { format: undefined }, /do not say datadam-synthetic/],
    ["no normalization", { normalization: undefined }, /do not say/],
    ["classNames that are no JSON", { classNames: "[" }, /classNames are no JSON/],
    ["classNames that nest deep", { classNames: nested(1e5) }, /nests more than 64 deep/],
    ["a number of classes", { classNames: "3" }, /its classNames are 3, not a list of names/],
    ["no class", { classNames: "[]" }, /not a list of names/],
    ["classes that are numbers", { classNames: "[1,2,3]" }, /not a list of names/],
    ["a class of null", { classNames: '["a",null,"c"]' }, /not a list of names/],
    ["too few classes", { classNames: '["a"]' }, /a label has no class/],
    ["too many classes", { classNames: json(Array(65_536).fill("a")) }, /not a list of names/],
    ["normalization of null", { normalization: "null" }, /its normalization is null/],
    ["no std", { normalization: '{"mean":[0.5]}' }, /not mean and std of 1 channels/],
    ["std of 0", { normalization: '{"mean":[0.5],"std":[0]}' }, /not mean and std/],
    ["std below 0", { normalization: '{"mean":[0.5],"std":[-1]}' }, /not mean and std/],
    ["mean of text", { normalization: '{"mean":["0.5"],"std":[1]}' }, /not mean and std/],
    ["mean of three channels", { normalization: '{"mean":[1,1,1],"std":[1,1,1]}' }, /not mean and std of 1 channels/],
    ["mean beyond numbers", { normalization: '{"mean":[1e999],"std":[1]}' }, /not mean and std/],
    ["a factor of half", { factor: "1.5" }, /its factor is "1.5", not a whole number/],
    ["a factor of 0", { factor: "0" }, /cannot be cut into 0 x 0/],
    ["a factor that does not divide", { factor: "3" }, /cannot be cut into 3 x 3/],
    ["a factor of text", { factor: "two" }, /its factor is "two"/],
    ["a factor of nothing", { factor: "" }, /its factor is ""/],
    ["an iteration below 0", { iteration: "-1" }, /its iteration is "-1"/],
    ["an iteration of text", { iteration: "NaN" }, /its iteration is "NaN"/],
    ["an iteration beyond numbers", { iteration: "9".repeat(400) }, /its iteration is "999/],
    ["a seed of text", { seed: "x" }, /its seed is "x"/],
    ["a preset of 10,000 letters", { preset: "p".repeat(1e4) }, /its preset is "ppp/],
    ["config that is a list", { config: "[]" }, /its config is \[\], not an object/],
    ["config of null", { config: "null" }, /its config is null/],
    ["config with an unknown key", { config: configWith({ ipcs: 1 }) }, /unknown configuration key "ipcs"; did you mean ipc/],
    ["config with a wrong value", { config: configWith({ ipc: -1 }) }, /ipc: must be/],
    ["config with a list as arch", { config: configWith({ arch: ["convnet"] }) }, /its arch is \["convnet"\]/],
    ["config with another depth", { config: configWith({ depth: 7 }) }, /its depth is "\d", but 7 in its config/],
    ["config with a prototype", { config: '{"method":"mine","__proto__":{"ipc":1}}' }, /not an object of settings/],
    ["selection of null", { selection: "null" }, /its selection is null/],
    ["selection without a method", { selection: '{"features":"pixels"}' }, /no method/],
    ["selection by an unknown method", { selection: '{"method":"x"}' }, /the method of its selection is "x"/],
    ["selection with an unknown key", { selection: '{"method":"k-means","ipc":1}' }, /unknown key "ipc"/],
    ["selection with epochs of text", { selection: '{"method":"forgetting","epochs":"3"}' }, /the epochs of its selection/],
    ["preprocessing of another file", { preprocessing: "../../other.safetensors" }, /its preprocessing is "\.\.\/\.\.\/other/],
  ])("%s", (_, changes, message) => {
    expect(refusal(changed(changes))).toMatch(message);
  }); // biome-ignore format: a row a case

  it.each<[string, Readonly<Record<string, Tensor>>, RegExp]>([
    ["no images at all", { images: { dtype: "F32", shape: [0, 1, 8, 8], data: new Float32Array(0) } }, /no float32 images/],
    ["images of no size", { images: { dtype: "F32", shape: [6, 1, 0, 8], data: new Float32Array(0) } }, /no float32 images/],
    ["images that are not finite", { images: { dtype: "F32", shape: [6, 1, 8, 8], data: new Float32Array(384).fill(Number.NaN) } }, /not all finite/],
    ["bytes as images", { images: { dtype: "U8", shape: [6, 1, 8, 8], data: new Uint8Array(384) } }, /no float32 images/],
    ["labels in two axes", { labels: { dtype: "I64", shape: [2, 3], data: new BigInt64Array(6) } }, /no int64 labels/],
    ["a label below 0", { labels: { dtype: "I64", shape: [6], data: BigInt64Array.of(0n, 0n, 1n, 1n, 2n, -1n) } }, /a label has no class/],
    ["a label of 2^48", { labels: { dtype: "I64", shape: [6], data: BigInt64Array.of(0n, 0n, 1n, 1n, 2n, 2n ** 48n) } }, /a label has no class/],
    ["soft labels of other classes", { soft_labels: { dtype: "F32", shape: [6, 2], data: new Float32Array(12) } }, /soft_labels are not/],
    ["soft labels that are none", { soft_labels: { dtype: "F32", shape: [6, 3], data: new Float32Array(18) } }, /no probabilities/],
  ])("%s", (_, tensors, message) => {
    expect(refusal(changed({}, tensors))).toMatch(message);
  }); // biome-ignore format: a row a case

  it("soft labels of images in images", () => {
    const soft: Tensor = { dtype: "F32", shape: [6, 3], data: new Float32Array(18).fill(1 / 3) };
    // One for each image that networks see.
    expect(refusal(changed({ factor: "2" }, { soft_labels: soft }))).toContain("soft_labels are not float32 [24, 3]");
  });
});

it("any other text of any key is a set that holds together, or refused as above", () => {
  const keys = [
    ...new Set([...Object.keys(decodeSafetensors(distilled).metadata), ...Object.keys(ofChosen), "factor"]),
  ];
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.json({ maxDepth: 3 }),
    fc.constantFrom("", "0", "-0", "1e3", "null", "{}", "[]", "true"),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...keys.filter((key) => key !== "format")),
      text,
      fc.constantFrom(distilled, chosen),
      (key, value, of) => {
        const bytes = changed({ [key]: value }, {}, of);
        let set: SyntheticSet;
        try {
          set = read(bytes);
        } catch {
          refusal(bytes);
          return;
        }
        expect(set.classNames.every((name) => typeof name === "string")).toBe(true);
        expect(
          [...set.preprocessing.normalization.mean, ...set.preprocessing.normalization.std].every(Number.isFinite),
        ).toBe(true);
        expect([typeof set.provenance.method, set.factor ?? 1]).toEqual(["string", expect.any(Number)]);
        encodeSyntheticSet(set);
      },
    ),
    { numRuns: 1500 },
  );
});

describe("the whitening beside it", () => {
  const matrix = (d: number): Float32Array =>
    Float32Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0));
  const whitening = (d: number) => ({ normalization: { mean: [0.5], std: [0.25] }, zca: { eps: 0.1, mean: new Float32Array(d), whiten: matrix(d), unwhiten: matrix(d) } }); // biome-ignore format: one object
  it("is of the images' size", () => {
    const file = openSyntheticSet(changed({ preprocessing: "preprocessing.safetensors" }), "x");
    expect(file.decode(whitening(64)).preprocessing.zca?.eps).toBe(0.1);
    expect(() => file.decode(whitening(63))).toThrow(
      "the whitening beside it is of 63 numbers, its images are 1 x 8 x 8",
    );
    expect(() => file.decode(undefined)).toThrow("which is missing");
  });

  it("has positive deviations", () => {
    const bytes = encodePreprocessing({ normalization: { mean: [0.5], std: [0] }, zca: undefined });
    expect(() => decodePreprocessing(bytes, "p")).toThrow(/p is damaged: .*normalization is/);
  });
});

it("a file is known by its header, whatever its numbers", () => {
  expect([
    isSyntheticSet(distilled),
    isSyntheticSet(changed({ format: "x" })),
    isSyntheticSet(new Uint8Array(3)),
  ]).toEqual([true, false, false]);
});
