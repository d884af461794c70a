// Sets of other programs: files that PyTorch wrote (scripts/oracle/torches.py), and arrays made here.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ForeignSet, type ForeignSetOptions, readForeignSet } from "../../../src/data/index.ts";
import { encodeNpz, encodePng, encodePt, encodeSafetensors, type NpyArray } from "../../../src/formats/index.ts";
import { pt, sharedTuples } from "../../support-hostile.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/torch/${name}`, import.meta.url));
const like = { name: "tiny/train", shape: [1, 8, 8], classNames: ["ant", "bee"], flippable: true } as const;
const preprocessing = { normalization: { mean: [0.5], std: [0.25] }, zca: undefined };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "datadam-foreign-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string, more: Partial<ForeignSetOptions> = {}): Promise<ForeignSet> =>
  readForeignSet(path, { like, preprocessing, ...more });
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const floats = (count: number, size = 64): NpyArray => ({
  dtype: "f4",
  shape: [count, 1, 8, size / 8],
  data: Float32Array.from({ length: count * size }, (_, i) => i / 100),
});
const integers = (...values: number[]): NpyArray => ({
  dtype: "i8",
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const failure = async (path: string, more: Partial<ForeignSetOptions> = {}): Promise<string> => {
  const error = (await read(path, more).then(
    () => ({ message: "was read" }),
    (reason: unknown) => reason,
  )) as { message: string; code: string };
  expect(error.code, error.message).toBe("INVALID_DATA");
  return error.message;
};

describe("layouts that people's tools write", () => {
  test("one-hot labels of any numbers", async () => {
    const oneHot: NpyArray = { dtype: "i8", shape: [3, 2], data: BigInt64Array.of(0n, 1n, 1n, 0n, 0n, 1n) };
    const { set, notes } = await read(file("onehot.npz", encodeNpz({ images: floats(3), labels: oneHot })));
    expect([[...set.labels], set.softLabels, notes]).toEqual([[0, 1, 1], undefined, ["its labels are one-hot"]]);
  });

  test("soft labels whose largest are all of one class", async () => {
    const soft: NpyArray = { dtype: "f4", shape: [2, 2], data: Float32Array.of(0.6, 0.4, 0.75, 0.25) };
    const { set } = await read(file("soft.npz", encodeNpz({ images: floats(2), labels: soft })));
    expect([...set.softLabels!].map((p) => p.toFixed(2))).toEqual(["0.60", "0.40", "0.75", "0.25"]);
  });

  test("the only images of a folder of MTT's, whatever its number", async () => {
    const place = join(folder, "mtt");
    mkdirSync(place);
    writeFileSync(join(place, "images_5000.pt"), encodePt(floats(2)));
    writeFileSync(join(place, "labels_5000.pt"), encodePt(integers(1, 0)));
    expect([...(await read(place)).set.labels]).toEqual([0, 1]);
    writeFileSync(join(place, "images_10000.pt"), encodePt(floats(2)));
    expect(await failure(place)).toContain("holds 2 sets: images_10000.pt, images_5000.pt");
  });

  test("what is not a file of PyTorch's is said to be what it is", async () => {
    expect(await failure(file("empty.pt", new Uint8Array(0)))).toContain("it is empty");
    const pointer = new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n");
    expect(await failure(file("lfs.pt", pointer))).toContain("It is a pointer of Git LFS");
  });

  test("the last pair of data, as DataDAM, DM and DC write it", async () => {
    const { set, notes } = await read(fixture("datadam.pt"));
    const plain = await read(fixture("images_best.pt"));
    expect(set.images).toEqual(plain.set.images);
    expect([set.images.length, ...set.labels]).toEqual([256, 0, 0, 1, 1]);
    expect(notes).toEqual(["it holds 2 sets; the last one is taken"]);
    expect(set.preprocessing).toEqual(preprocessing);
  });

  test("images_best.pt with labels_best.pt beside it, by the file or its folder", async () => {
    const { set, notes } = await read(fixture("images_best.pt"));
    expect([...set.labels]).toEqual([0, 0, 1, 1]);
    expect(notes).toEqual(["its labels are those of labels_best.pt"]);
    expect((await read(fixture(""))).set.images).toEqual(set.images);
  });

  test("soft labels as logits: probabilities, with the largest as hard label", async () => {
    const { set, notes } = await read(fixture("soft.pt"));
    expect([...set.labels]).toEqual([0, 0, 1, 1]);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    for (const [i, difference] of [3, 0.5, -1, -3].entries()) {
      expect(set.softLabels?.[2 * i]).toBeCloseTo(sigmoid(difference), 6);
      expect(set.softLabels?.[2 * i + 1]).toBeCloseTo(sigmoid(-difference), 6);
    }
    expect(notes).toEqual(["its soft labels are logits; hard labels are the largest of each"]);
  });

  test("a plain tensor, by the order of its classes, which is said", async () => {
    const { set, notes } = await read(file("plain.pt", encodePt(floats(4))));
    expect([...set.labels]).toEqual([0, 0, 1, 1]);
    expect(notes).toEqual(["it has no labels: taken to be 2 images of each class, in their order"]);
    expect(await failure(file("odd.pt", encodePt(floats(3))))).toContain(
      "it has no labels, and 3 images are not the same number of each of 2 classes",
    );
  });

  test.each(["images labels", "x_train y_train"])(".npz and .safetensors: %s, sorted by class", async (names) => {
    const [x, y] = names.split(" ");
    const path = file("named.npz", encodeNpz({ [x]: floats(3), [y]: integers(1, 0, 1) }));
    const { set } = await read(path);
    expect([...set.labels]).toEqual([0, 1, 1]);
    expect(set.images[0]).toBeCloseTo(0.64, 6);
    expect(set.images[64]).toBe(0);
    const { dtype: _, ...images } = floats(3);
    const tensors = { [x]: { dtype: "F32", ...images }, [y]: { dtype: "I64", shape: [3], data: BigInt64Array.of(1n, 0n, 1n) } } as const; // biome-ignore format: one object
    expect((await read(file("named.safetensors", encodeSafetensors(tensors as never)))).set).toEqual({
      ...set,
      provenance: { method: "file", source: join(folder, "named.safetensors") },
    });
  });

  test("bytes are pixels, with channels last too; float pixels where that is said", async () => {
    const colour = { ...like, shape: [3, 8, 8] as const };
    const three = { normalization: { mean: [0, 0.5, 1], std: [1, 0.5, 2] }, zca: undefined };
    const pixels = Uint8Array.from({ length: 2 * 192 }, (_, i) => [0, 255, 51][i % 3]);
    const bytes = file("bytes.npz", encodeNpz({ images: { dtype: "u1", shape: [2, 8, 8, 3], data: pixels }, labels: integers(0, 1) })); // biome-ignore format: one object
    const { set } = await read(bytes, { like: colour, preprocessing: three });
    expect(Array.from([0, 64, 128], (i) => set.images[i])).toEqual([0, 1, Math.fround((0.2 - 1) / 2)]);
    const half = { dtype: "f4", shape: [2, 8, 8], data: new Float32Array(128).fill(0.75) } as const;
    const float = file("float.npz", encodeNpz({ images: half, labels: integers(0, 1) }));
    expect((await read(float, { space: "pixels" })).set.images[5]).toBe(1);
    expect((await read(float)).set.images[5]).toBe(0.75);
  });

  test("a folder of a folder a class, by the names of the classes", async () => {
    for (const [name, grey] of [["bee", 255], ["ant", 0]] as const) {
      mkdirSync(join(folder, "classes", name), { recursive: true });
      const png = encodePng(new Uint8Array(64).fill(grey), { width: 8, height: 8, channels: 1 });
      file(`classes/${name}/1.png`, png);
    } // biome-ignore format: pairs
    const { set } = await read(join(folder, "classes"));
    expect([set.images[0], set.images[64], ...set.labels]).toEqual([-2, 2, 0, 1]);
    const other = { ...like, classNames: ["ant", "cat"] };
    expect(await failure(join(folder, "classes"), { like: other })).toContain(
      "has the classes ant, bee; tiny/train has ant, cat",
    );
  });

  const names = Array.from({ length: 12 }, (_, c) => `kind ${String.fromCharCode(108 - c)}`);
  const numberedFolders = (place: string, folders: readonly string[]): string => {
    for (const [c, name] of folders.entries()) {
      mkdirSync(join(folder, place, name), { recursive: true });
      const png = encodePng(new Uint8Array(64).fill(20 * c), { width: 8, height: 8, channels: 1 });
      file(`${place}/${name}/class${c}_id000.png`, png);
    }
    return join(folder, place);
  };

  test.each([
    ["RDED", (c: number) => String(c).padStart(5, "0")],
    ["SRe2L", (c: number) => `new${String(c).padStart(3, "0")}`],
    ["no padding", (c: number) => `class_${c}`],
  ])("folders numbered in the order of classes: %s", async (place, nameOf) => {
    const path = numberedFolders(
      place,
      names.map((_, c) => nameOf(c)),
    );
    const { set, notes } = await read(path, { like: { ...like, classNames: names } });
    expect([...set.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const greys = Array.from({ length: 12 }, (_, c) => Math.round((set.images[64 * c] + 2) * 63.75));
    expect(greys).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220]);
    expect(notes).toEqual(["its folders are numbers: taken to be the classes in their order, from kind l to kind a"]);
  });

  test.each([
    ["from 1", (c: number) => String(c + 1)],
    ["with a gap", (c: number) => String(c === 3 ? 12 : c)],
    ["by two words", (c: number) => (c === 3 ? "old3" : `new${c}`)],
    ["one number twice", (c: number) => (c === 3 ? "04" : String(c))],
  ])("but not folders numbered %s", async (place, nameOf) => {
    const path = numberedFolders(
      place,
      names.map((_, c) => nameOf(c)),
    );
    expect(await failure(path, { like: { ...like, classNames: names } })).toContain("has the classes");
  });
});

describe("floats that look like pixels", () => {
  const ramp = (to: number, from = 0): NpyArray => ({
    dtype: "f4",
    shape: [2, 1, 8, 8],
    data: Float32Array.from({ length: 128 }, (_, i) => from + ((to - from) * i) / 127),
  });
  const pair = (images: NpyArray): Uint8Array => encodePt([images, integers(0, 1)]);
  test.each([
    ["from 0 to 1", ramp(1), "[0, 1]"],
    ["dark ones", ramp(0.2), "[0, 1]"],
    ["of eight bytes each", { ...ramp(1), dtype: "f8", data: Float64Array.from(ramp(1).data as Float32Array) } as NpyArray, "[0, 1]"], // biome-ignore format: a row a case
    ["from 0 to 255", ramp(255), "[0, 255]"],
    ["darker ones", ramp(80), "[0, 255]"],
    ["normalised", ramp(2, -2), undefined],
    ["above 1 by a hair", ramp(1.01), undefined],
    ["below 0 by a hair", ramp(1, -0.01), undefined],
    ["above 255", ramp(300), undefined],
  ])("%s", async (name, images, range) => {
    expect((await read(file(`${name}.pt`, pair(images)))).likelyPixels).toBe(range);
    expect((await read(file(`${name}.npz`, encodeNpz({ images, labels: integers(0, 1) })))).likelyPixels).toBe(range);
  });

  test("nothing is said where the space is given, by the reader or by the file", async () => {
    expect(await read(file("given.pt", pair(ramp(1))), { space: "pixels" })).not.toHaveProperty("likelyPixels");
    const stated = encodeNpz({ images: ramp(1), labels: integers(0, 1), whitened: integers(0) });
    expect(await read(file("stated.npz", stated))).not.toHaveProperty("likelyPixels");
  });

  test("pixels from 0 to 255 are the same images as those from 0 to 1", async () => {
    const one = await read(file("one.pt", pair(ramp(1))), { space: "pixels" });
    const many = await read(file("many.pt", pair(ramp(255))), { space: "pixels" });
    expect(many.notes).toEqual(["its pixels lie in [0, 255]"]);
    expect(Math.max(...many.set.images.map((value, i) => Math.abs(value - one.set.images[i])))).toBeLessThan(1e-6);
    expect([one.set.images[0], one.set.images[127]]).toEqual([-2, 2]);
    expect(await failure(file("both.pt", pair(ramp(3))), { space: "pixels" })).toContain("and pixels lie in [0, 1] or");
  });
});

describe("sets as their authors publish them", () => {
  const parts = (place: string, names: readonly string[]): string => {
    mkdirSync(join(folder, place));
    for (const [i, name] of names.entries()) {
      const data = new Float32Array(64).fill(i);
      file(`${place}/images${name}.pt`, encodePt({ dtype: "f4", shape: [1, 1, 8, 8], data }));
      file(`${place}/labels${name}.pt`, encodePt(integers(i % 2)));
    }
    return join(folder, place);
  };
  test.each([
    [["_0", "_1"]],
    [["_best_1", "_best_2"]],
    [["_10", "_0", "_9", "_1", "_2", "_3", "_4", "_5", "_6", "_7", "_8"]],
  ])("several files: %s", async (names) => {
    // biome-ignore format: one call
    const place = parts(`parts${names.length}${names[0]}`, names);
    const { set, notes } = await read(place);
    const value = (name: string): number => names.indexOf(name);
    const inOrder = [...names].sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
    expect(notes[0]).toBe(
      `it is put together of ${names.length} files: ${inOrder.map((name) => `images${name}.pt`).join(", ")}`,
    );
    const byClass = [0, 1].flatMap((label) => inOrder.filter((name) => value(name) % 2 === label).map(value));
    expect(Array.from(set.labels, (_, i) => set.images[64 * i])).toEqual(byClass);
  });

  test("parts of which one is missing, or of another size, or without labels", async () => {
    expect(await failure(parts("gap", ["_0", "_2"]))).toContain("holds 2 sets");
    const place = parts("odd", ["_0", "_1"]);
    file("odd/images_1.pt", encodePt({ ...floats(1, 48) }));
    expect(await failure(place)).toContain("its parts do not fit each other: f4 [1, 1, 8, 8] and f4 [1, 1, 8, 6]");
    rmSync(join(parts("bare", ["_0", "_1"]), "labels_1.pt"));
    expect(await failure(join(folder, "bare"))).toContain("it has no labels, and other parts of the set have");
  });

  test("a learned learning rate behind the labels, a tensor or a number", async () => {
    const rate: NpyArray = { dtype: "f4", shape: [], data: Float32Array.of(0.01) };
    for (const last of [rate, 0.01]) {
      const { set, notes } = await read(file("rate.pt", encodePt([floats(2), integers(1, 0), last])));
      expect([[...set.labels], notes]).toEqual([[0, 1], ["the number behind its labels is left out"]]);
    }
    const four = [floats(2), integers(0, 1), floats(2), integers(0, 1)];
    expect(await failure(file("four.pt", encodePt(four)))).toContain("not a pair of images and labels");
  });

  test("images class by class, [class, ipc, channels, height, width], with labels of one or two axes", async () => {
    const five = { ...floats(4), shape: [2, 2, 1, 8, 8] } as NpyArray;
    const plain = await read(file("four.pt", encodePt([floats(4), integers(0, 0, 1, 1)])));
    const two = { ...integers(0, 0, 1, 1), shape: [2, 2] } as NpyArray;
    for (const value of [five, [five, integers(0, 0, 1, 1)], [five, two]]) {
      expect((await read(file("five.pt", encodePt(value)))).set.images).toEqual(plain.set.images);
    }
    const other = { ...floats(6), shape: [3, 2, 1, 8, 8] } as NpyArray;
    expect(await failure(file("other.pt", encodePt(other)))).toContain("holds images of 2 x 1 x 8 x 8");
  });

  test("one-hot labels less their mean, as KIP and FRePo store them, are probabilities", async () => {
    const labels: NpyArray = { dtype: "f4", shape: [3, 2], data: Float32Array.of(0.5, -0.5, -0.5, 0.5, 0.1, -0.1) };
    const { set, notes, warnings } = await read(file("kip.npz", encodeNpz({ image: floats(3), label: labels })));
    expect(Array.from(set.softLabels!, (p) => p.toFixed(2)).join()).toBe("1.00,0.00,0.60,0.40,0.00,1.00");
    expect(notes).toEqual(["its soft labels are probabilities less their mean; hard labels are the largest of each"]);
    expect(warnings).toEqual([]);
  });

  test("labels that a softmax makes nearly even are warned of", async () => {
    const labels: NpyArray = { dtype: "f4", shape: [2, 2], data: Float32Array.of(0.9, -0.2, 0.1, 0.8) };
    const { warnings } = await read(file("learned.npz", encodeNpz({ images: floats(2), labels })));
    expect(warnings).toEqual([expect.stringContaining("taken for logits, and then say next to nothing")]);
    const clear = { ...labels, data: Float32Array.of(9, -2, 1, 8) } as NpyArray;
    expect((await read(file("clear.npz", encodeNpz({ images: floats(2), labels: clear })))).warnings).toEqual([]);
  });
});

describe("what does not fit is said by name", () => {
  const pair = (images: NpyArray, labels: NpyArray): Uint8Array => encodePt([images, labels]);
  test.each([
    ["another size", pair(floats(2, 48), integers(0, 1)), "holds images of 1 x 8 x 6; tiny/train has 1 x 8 x 8"],
    ["a label beyond", pair(floats(2), integers(0, 2)), "the label of image 1 is 2, and there are classes 0 to 1"],
    ["too few labels", pair(floats(2), integers(0)), "its labels are an array [1] for 2 images"],
    ["a class without images", pair(floats(2), integers(0, 0)), "it has no image of class 1 (bee)"],
    ["integers as images", pair(integers(1, 2), integers(0, 1)), "its images are of i8, neither floats nor bytes"],
    ["other names", encodePt({ weights: floats(2) }), "it holds weights, and no images"],
    ["numbers that are none", pair({ ...floats(2), data: new Float32Array(128).fill(Number.NaN) } as NpyArray, integers(0, 1)), "its images are not all finite numbers"], // biome-ignore format: a row a case
    ["half a pair", encodePt([floats(2)]), "it holds a list that is not a pair of images and labels"],
  ])("%s", async (name, bytes, message) => {
    expect(await failure(file(`${name}.pt`, bytes))).toContain(message);
  });

  test("a dict whose key is of shared parts, so that it would never end as text; other keys that are no text", async () => {
    for (const [name, key] of [
      ["shared", sharedTuples(45)],
      ["tuple", "K\x01K\x02\x86"],
      ["number", "K\x07"],
    ]) {
      const began = performance.now();
      expect(await failure(file(`${name}.pt`, pt(`}${key}Ns`)))).toContain(
        "it holds nothing that is named, and no images",
      );
      expect(performance.now() - began).toBeLessThan(2000);
    }
  });

  test.each(["N", "\x88", "K\x05", "X\x01\0\0\0a", "C\x01a", "]", ")", "}"])(
    "a .pt of one value: %j",
    async (pickle) => {
      expect(await failure(file("value.pt", pt(pickle)))).toMatch(/nothing that is named|not a pair/);
    },
  );

  test("a file that would run code, pixels that are none", async () => {
    expect(await failure(fixture("command.pt"))).toBe(
      `"${fixture("command.pt")}": The pickle was refused: it asks for "posix.system".`,
    );
    expect(await failure(fixture("images_best.pt"), { space: "pixels" })).toContain("and pixels lie in [0, 1]");
  });
});
