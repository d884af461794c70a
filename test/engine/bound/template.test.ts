// Templates: what a compiler did to constants is found where it moved them, and refused where it computed.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type TensorProto, TensorProto_DataLocation } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { findTemplate, layOut } from "../../../src/engine/bound/template.ts";
import { compile, input, matmul } from "../../../src/tensor/index.ts";

const { model } = compile("product", { y: matmul(input("a", [2, 3]), input("b", [3, 2])) }, { bound: ["a", "b"] });
const arrays = [
  { name: "a", shape: [2, 3] },
  { name: "b", shape: [3, 2] },
];
const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** A compiler that does this to the numbers of `a`. */
const changing =
  (change: (numbers: Float32Array, bits: Uint32Array, tensor: TensorProto) => number[] | undefined) =>
  async (bytes: Uint8Array): Promise<Uint8Array> => {
    const optimised = fromBinary(ModelProtoSchema, bytes);
    const tensor = optimised.graph!.initializer.find(({ name }) => name === "a")!;
    const bits = new Uint32Array(new Uint8Array(tensor.rawData).buffer);
    const changed = change(new Float32Array(bits.buffer), bits, tensor);
    if (changed !== undefined) {
      tensor.dims = [BigInt(changed.length)];
      tensor.rawData = new Uint8Array(Float32Array.from(changed).buffer);
    }
    return toBinary(ModelProtoSchema, optimised);
  };

/** The constant `a` as it is laid out from 1 to 12, or nothing where there is no template. */
async function laidOut(optimise: (bytes: Uint8Array) => Promise<Uint8Array>): Promise<number[] | undefined> {
  const template = await findTemplate(model, arrays, optimise);
  if (template === undefined) return undefined;
  const sources = arrays.map((array, i) => ({ ...array, data: Float32Array.from(values.slice(6 * i, 6 * i + 6)) }));
  const targets = template.constants.map(({ from }) => new Float32Array(from.length).fill(Number.NaN));
  layOut(sources, template.constants, targets);
  return [...targets[template.constants.findIndex(({ name }) => name === "a")]];
}

describe("numbers are found again", () => {
  test("where they are", async () => {
    expect(await laidOut(changing(() => undefined))).toEqual([1, 2, 3, 4, 5, 6]);
  });
  test("in another order", async () => {
    expect(await laidOut(changing(([p, q, r, s, t, u]) => [p, s, q, t, r, u]))).toEqual([1, 4, 2, 5, 3, 6]);
  });
  test("among zeros, and more than once", async () => {
    expect(await laidOut(changing(([p, q]) => [0, q, p, 0, q]))).toEqual([0, 2, 1, 0, 2]);
  });
  test("as numbers instead of bytes", async () => {
    const optimise = changing((numbers, _, tensor) => {
      tensor.floatData = [...numbers];
      tensor.rawData = new Uint8Array(0);
      return undefined;
    });
    expect(await laidOut(optimise)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("no template is made", () => {
  test.each<[string, Parameters<typeof changing>[0]]>([
    ["where all are multiplied", (numbers) => [...numbers].map((value) => 2 * value)],
    ["where the sign is changed", (numbers) => [...numbers].map((value) => -value)],
    ["where something is added", (numbers) => [...numbers].map((value) => value + 1)],
    ["where something huge is added", (numbers) => [...numbers].map((value) => value + 1e38)],
    ["where something tiny is added", (numbers) => [...numbers].map((value) => value + 1e-38)],
    ["where negative numbers are cut off", (numbers) => [...numbers].map((value) => Math.max(value, 0))],
    ["where only the size is kept", (numbers) => [...numbers].map(Math.abs)],
    ["where one is another constant", ([p, q, r, s, t]) => [p, q, r, s, t, 1]],
    [
      "where all are those of the next place",
      (_, bits) => [...new Float32Array(bits.map((value) => value + 1).buffer)],
    ],
  ])("%s", async (_, change) => {
    expect(await laidOut(changing(change))).toBeUndefined();
  });

  test("where two compilations differ in more", async () => {
    let count = 0;
    const optimise = async (bytes: Uint8Array): Promise<Uint8Array> => {
      const optimised = fromBinary(ModelProtoSchema, bytes);
      optimised.graph!.node[0].opType = `MatMul${count++}`;
      return toBinary(ModelProtoSchema, optimised);
    };
    expect(await laidOut(optimise)).toBeUndefined();
  });

  test("where constants are kept elsewhere", async () => {
    const optimise = changing((_numbers, _bits, tensor) => {
      tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
      tensor.rawData = new Uint8Array(0);
      return undefined;
    });
    await expect(laidOut(optimise)).rejects.toThrow("constant a is not in the optimised model");
  });

  test("of more numbers than memory is to be taken for", async () => {
    const huge = [{ name: "a", shape: [2 ** 24 + 1] }];
    const never = async (): Promise<Uint8Array> => expect.fail("compiled");
    expect(await findTemplate(model, huge, never)).toBeUndefined();
  });
});
