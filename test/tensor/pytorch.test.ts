// Single operations against values, gradients and second-order products recorded from PyTorch (test/fixtures/ops).

import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../src/formats/index.ts";
import * as t from "../../src/tensor/index.ts";
import { interpret } from "../support/interpreter.ts";
import { derivatives } from "./checkOperation.ts";
import { devices } from "./devices.ts";
import { difference } from "./values.ts";

interface Case {
  readonly name: string;
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the operation takes
  readonly attributes: Record<string, any>;
  readonly inputs: readonly string[];
  readonly differentiable: readonly string[];
  readonly outputShape: readonly number[];
}

const library: typeof t = t;
const folder = new URL("../fixtures/ops/", import.meta.url);
const cases = JSON.parse(readFileSync(new URL("ops.json", folder), "utf8")) as Case[];
const { tensors } = decodeSafetensors(readFileSync(new URL("ops.safetensors", folder)));

function recorded(name: string): { shape: readonly number[]; data: Float32Array } {
  const tensor = tensors[name];
  if (tensor?.dtype !== "F32") throw new Error(`fixture ${name} is missing`);
  return tensor;
}

function build({ operation, attributes: o }: Case, x: readonly t.Tensor[]): t.Tensor {
  switch (operation) {
    case "conv2d":
      return t.conv2d(x[0], x[1], { stride: o.stride, padding: o.padding });
    case "averagePool":
    case "maxPool":
      return library[operation](x[0], o.kernel, { stride: o.stride, padding: o.padding });
    case "groupNorm":
      return t.groupNorm(x[0], o.groups, x[1], x[2], o.eps);
    case "batchNorm":
      return t.batchNorm(x[0], x[1], x[2], o.eps);
    case "batchNormWith":
      return t.batchNormWith(x[0], x[1], x[2], { mean: x[3], variance: x[4] }, o.eps);
    case "sum":
    case "mean":
    case "max":
      return library[operation](x[0], o.axes, { keep: o.keep });
    case "power":
      return t.power(x[0], o.exponent);
    case "leakyRelu":
      return t.leakyRelu(x[0], o.slope);
    case "normalizeL2":
      return t.normalizeL2(x[0], o.axis, o.eps);
    case "reshape":
      return t.reshape(x[0], o.shape);
    case "transpose":
      return t.transpose(x[0], o.permutation);
    case "slice":
      return t.slice(x[0], o.starts, o.ends, o.steps);
    case "pad":
      return t.pad(x[0], o.before, o.after);
    case "concatenate":
      return t.concatenate(x, o.axis);
    case "gather":
      return t.gather(x[0], o.indices, o.axis);
    case "attention":
      return t.normalizeL2(t.reshape(t.sum(t.power(t.abs(x[0]), o.power), [1]), [x[0].shape[0], -1]));
    case "logSoftmax":
    case "neg":
    case "exp":
    case "log":
    case "sqrt":
    case "abs":
    case "relu":
    case "sigmoid":
    case "swish":
      return library[operation](x[0]);
    case "crossEntropy":
    case "matmul":
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "maximum":
      return library[operation](x[0], x[1]);
    default:
      throw new Error(`no operation ${operation}`);
  }
}

const targets = await devices();
afterAll(async () => {
  await Promise.all(targets.map(({ engine }) => engine.close()));
});

describe.each(cases)("$name", (entry) => {
  const inputs = entry.inputs.map((key) => t.input(key, recorded(`${entry.name}/input/${key}`).shape));
  const variables = Object.fromEntries(
    entry.inputs.flatMap((key, i) => (entry.differentiable.includes(key) ? [[key, inputs[i]]] : [])),
  );
  const y = build(entry, inputs);
  const { outputs } = derivatives(variables, y);
  const { second_cotangent: _, ...traced } = outputs;
  const expected = Object.fromEntries([
    ["y", recorded(`${entry.name}/output`).data],
    ...entry.differentiable.flatMap((key) => [
      [`first_${key}`, recorded(`${entry.name}/gradient/${key}`).data],
      [`second_${key}`, recorded(`${entry.name}/second/${key}`).data],
    ]),
  ]) as Record<string, Float32Array>;
  const feeds = Object.fromEntries([
    ["cotangent", recorded(`${entry.name}/cotangent`).data],
    ...entry.inputs.map((key) => [key, recorded(`${entry.name}/input/${key}`).data]),
    ...entry.differentiable.map((key) => [`direction_${key}`, recorded(`${entry.name}/direction/${key}`).data]),
  ]) as Record<string, Float32Array>;

  const compare = (actual: Record<string, ArrayLike<number>>, tolerance: number): void => {
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, values] of Object.entries(expected)) {
      expect(difference(actual[key], values), `${key}\n${actual[key]}\n${values}`).toBeLessThan(tolerance);
    }
  };

  test("has PyTorch's shape", () => expect(y.shape).toEqual(entry.outputShape));
  test("agrees in float64", () => compare(interpret(traced, feeds), 1e-6));
  for (const { name: on, engine, tolerance } of targets) {
    test(`agrees on ${on}`, async () => {
      const program = t.compile("fixture", traced);
      const needed = Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]]));
      compare(await engine.run(program, needed), tolerance);
    });
  }
});
