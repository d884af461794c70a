// Drawing parameters, and checking those that come from outside.

import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/index.ts";
import {
  type Arrays,
  checkParameters,
  convnet,
  inferConvNet,
  initialBuffers,
  initialize,
  loadParameters,
  type NdArray,
} from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";

const network = convnet({ width: 16, depth: 2, size: 8, norm: "batch" });
const key = Key.fromSeed(5).fold("network");

describe("initialize", () => {
  const parameters = initialize(network, key);

  test("gives every parameter its shape", () => {
    expect(Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, shape]))).toEqual(
      Object.fromEntries(network.parameters.map(({ name, shape }) => [name, shape])),
    );
    for (const { shape, data } of Object.values(parameters)) expect(data.length).toBe(shape.reduce((p, e) => p * e, 1));
  });

  test("fills the whole interval up to 1 / sqrt(fan in), and no more", () => {
    const { data } = parameters["features.4.weight"];
    const bound = 1 / Math.sqrt(16 * 9);
    const [low, high] = [Math.min(...data), Math.max(...data)];
    expect(low).toBeGreaterThanOrEqual(-Math.fround(bound));
    expect(high).toBeLessThanOrEqual(Math.fround(bound));
    expect(low).toBeLessThan(-0.99 * bound);
    expect(high).toBeGreaterThan(0.99 * bound);
    const deviation = Math.sqrt(data.reduce((total, value) => total + value * value, 0) / data.length);
    expect(deviation / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  test("starts norms as the identity", () => {
    expect(parameters["features.1.weight"].data).toEqual(new Float32Array(16).fill(1));
    expect(parameters["features.1.bias"].data).toEqual(new Float32Array(16));
  });

  test("is a function of the key", () => {
    expect(initialize(network, Key.fromSeed(5).fold("network"))).toEqual(parameters);
    expect(initialize(network, Key.fromSeed(6).fold("network"))["features.0.weight"]).not.toEqual(
      parameters["features.0.weight"],
    );
  });

  test("draws each parameter from its own stream: another classifier leaves the features", () => {
    const other = initialize(convnet({ width: 16, depth: 2, size: 8, norm: "batch", classes: 7 }), key);
    expect(other["features.4.weight"]).toEqual(parameters["features.4.weight"]);
  });
});

describe("checkParameters", () => {
  const good: Record<string, NdArray> = { ...initialize(network, key), ...initialBuffers(network) };
  const without = (name: string): Arrays =>
    Object.fromEntries(Object.entries(good).filter(([known]) => known !== name));

  test("gives data by name, without what PyTorch counts beside", () => {
    const counted = { ...good, "features.1.num_batches_tracked": { shape: [], data: Float32Array.of(3) } };
    const checked = checkParameters(network, counted);
    expect(Object.keys(checked).sort()).toEqual(Object.keys(good).sort());
    expect(checked["classifier.bias"]).toBe(good["classifier.bias"].data);
  });

  test("names every problem at once", () => {
    const arrays: Arrays = {
      ...without("features.0.bias"),
      "classifier.bias": { shape: [9], data: new Float32Array(9) },
      "head.weight": { shape: [1], data: new Float32Array(1) },
    };
    expect(() => checkParameters(network, arrays)).toThrow(RangeError);
    expect(() => checkParameters(network, arrays)).toThrow(
      "parameters do not fit convnet: features.0.bias is missing; classifier.bias is [9], not [10]; " +
        "head.weight is not a parameter",
    );
  });

  test("refuses running statistics of another shape", () => {
    const arrays: Arrays = { ...good, "features.1.running_mean": { shape: [3], data: new Float32Array(3) } };
    expect(() => checkParameters(network, arrays)).toThrow("features.1.running_mean is [3], not [16]");
  });

  test("refuses data that does not fill its shape", () => {
    const arrays: Arrays = { ...good, "classifier.bias": { shape: [10], data: new Float32Array(9) } };
    expect(() => checkParameters(network, arrays)).toThrow("classifier.bias has 9 numbers for [10]");
  });
});

describe("loadParameters", () => {
  test("takes a state_dict saved as safetensors", () => {
    const saved = { ...initialize(network, key), ...initialBuffers(network) };
    const tensors = Object.fromEntries(
      Object.entries(saved).map(([name, { shape, data }]) => [name, { dtype: "F32" as const, shape, data }]),
    );
    const counter = { dtype: "I64" as const, shape: [], data: BigInt64Array.of(7n) };
    const bytes = encodeSafetensors({ ...tensors, "features.1.num_batches_tracked": counter });
    expect(loadParameters(network, decodeSafetensors(bytes).tensors)).toEqual(saved);
  });

  test("takes a layer norm's weights by element, as the family has them, and by channel", () => {
    const layered = convnet({ depth: 1, width: 4, size: 8, norm: "layer" });
    const shapes = Object.fromEntries(layered.parameters.map(({ name, shape }) => [name, shape]));
    expect(shapes["features.1.weight"]).toEqual([4, 8, 8]);
    const saved = initialize(layered, key);
    expect(loadParameters(layered, saved)).toEqual(saved);
    const byChannel = { shape: [4], data: Float32Array.of(1, 2, 3, 4) };
    const { data, shape } = loadParameters(layered, { ...saved, "features.1.weight": byChannel })["features.1.weight"];
    expect(shape).toEqual([4, 8, 8]);
    expect([data[0], data[63], data[64], data[255]]).toEqual([1, 1, 2, 4]);
    expect(() =>
      loadParameters(layered, { ...saved, "features.1.weight": { shape: [3], data: new Float32Array(3) } }),
    ).toThrow("features.1.weight is [3], not [4, 8, 8]");
    expect(inferConvNet(saved, { shape: [3, 8, 8], classes: 10 }).options.norm).toBe("layer");
  });

  test("refuses other numbers than float32, by name", () => {
    const halves = { shape: [10], data: new Float64Array(10) };
    expect(() => loadParameters(network, { ...initialize(network, key), "classifier.bias": halves })).toThrow(
      "parameters of convnet: classifier.bias must be float32",
    );
  });
});
