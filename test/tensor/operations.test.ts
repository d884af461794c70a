// Every public operation: its values on each device, and its first and second derivatives.

import { afterAll, describe, expect, test } from "vitest";
import * as t from "../../src/tensor/index.ts";
import { interpret } from "../support/interpreter.ts";
import { checkOperation, type Operation } from "./checkOperation.ts";
import { devices } from "./devices.ts";
import { difference, draw } from "./values.ts";

const targets = await devices();
afterAll(async () => {
  await Promise.all(targets.map(({ engine }) => engine.close()));
});

const check = (name: string, inputs: Operation["inputs"], f: Operation["f"], kinks: boolean = false): void =>
  checkOperation(targets, name, { inputs, f, kinks });

describe("element-wise", () => {
  check("add", { a: [2, 3], b: [2, 3] }, ({ a, b }) => t.add(a, b));
  check("add, both broadcast", { a: [2, 1, 4], b: [3, 1] }, ({ a, b }) => t.add(a, b));
  check("sub, first broadcast", { a: [3, 1], b: [2, 3, 5] }, ({ a, b }) => t.sub(a, b));
  check("mul, both broadcast", { a: [2, 1, 4], b: [3, 1] }, ({ a, b }) => t.mul(a, b));
  check("mul of one with itself", { a: [2, 3] }, ({ a }) => t.mul(a, a));
  check("mul by a scalar array", { a: [2, 3], b: [] }, ({ a, b }) => t.mul(a, b));
  check("arithmetic with numbers", { a: [5] }, ({ a }) => t.sub(1, t.mul(t.add(t.mul(a, 3), 2), t.div(a, 4))));
  check("div, second broadcast", { a: [2, 3, 4], b: ["positive", [4]] }, ({ a, b }) => t.div(a, b));
  check("div, first broadcast", { a: [3, 1], b: ["positive", [2, 3, 4]] }, ({ a, b }) => t.div(a, b));
  check("maximum", { a: ["apart", [3, 7]], b: [3, 1] }, ({ a, b }) => t.maximum(a, t.mul(b, 0.37)));
  check("maximum, ties", { a: ["ties", [4, 6]], b: ["ties", [6]] }, ({ a, b }) => t.maximum(a, b), true);
  check("neg", { x: [5] }, ({ x }) => t.neg(x));
  check("exp", { x: [3, 4] }, ({ x }) => t.exp(x));
  check("log", { x: ["positive", [3, 4]] }, ({ x }) => t.log(x));
  check("sqrt", { x: ["positive", [3, 4]] }, ({ x }) => t.sqrt(x));
  check("abs", { x: ["apart", [3, 5]] }, ({ x }) => t.abs(x));
  check("abs of a relu", { x: ["apart", [3, 5]] }, ({ x }) => t.abs(t.relu(x)));
  check("sign", { x: ["ties", [3, 5]] }, ({ x }) => t.mul(x, t.sign(x)), true);
  check("step", { x: ["ties", [3, 5]] }, ({ x }) => t.mul(x, t.step(x)), true);
  check("sigmoid", { x: [3, 5] }, ({ x }) => t.sigmoid(t.mul(x, 3)));
  check("relu", { x: ["apart", [3, 5]] }, ({ x }) => t.mul(t.relu(x), x));
  check("relu at 0", { x: ["ties", [3, 5]] }, ({ x }) => t.relu(x), true);
  check("leakyRelu", { x: ["apart", [3, 5]] }, ({ x }) => t.mul(t.leakyRelu(x), x));
  check("leakyRelu, slope 0.2", { x: ["apart", [11]] }, ({ x }) => t.leakyRelu(x, 0.2));
  check("erf", { x: [3, 5] }, ({ x }) => t.erf(x));
  check("gelu", { x: [3, 5] }, ({ x }) => t.gelu(t.mul(x, 2)));
  check("swish", { x: [3, 5] }, ({ x }) => t.swish(x));
  for (const p of [0, 1, 2, 3, 4, 5, 6, 7, 8]) check(`power ${p}`, { x: [3, 5] }, ({ x }) => t.power(x, p));
  for (const p of [-1.5, -1, 0.5, 0.7, 1.5, 2.5, 9]) {
    check(`power ${p}`, { x: ["positive", [3, 5]] }, ({ x }) => t.power(x, p));
  }
  check("power 4 of zeros", { x: ["ties", [3, 5]] }, ({ x }) => t.power(x, 4));
});

describe("reductions", () => {
  check("sum of all", { x: [2, 3, 4] }, ({ x }) => t.power(t.sum(x), 2));
  check("sum, inner axes", { x: [2, 3, 4, 5] }, ({ x }) => t.power(t.sum(x, [1, -2]), 2));
  check("sum over channels", { x: [2, 3, 4, 5] }, ({ x }) => t.power(t.sum(x, [1]), 2));
  check("sum over the middle axis of one, kept", { x: [1, 3, 4] }, ({ x }) => t.mul(x, t.sum(x, [1], { keep: true })));
  check("sum, kept axis", { x: [3, 5] }, ({ x }) => t.mul(x, t.sum(x, [1], { keep: true })));
  check("sum of an axis of extent 1", { x: [3, 1] }, ({ x }) => t.power(t.sum(x, [1]), 2));
  check("mean", { x: [3, 5, 2] }, ({ x }) => t.power(t.mean(x, [0, 2]), 3));
  check("mean, kept", { x: [3, 5] }, ({ x }) => t.mul(x, t.mean(x, [0], { keep: true })));
  check("max", { x: ["apart", [3, 5, 2]] }, ({ x }) => t.power(t.max(x, [1]), 2));
  check("max of all", { x: ["apart", [3, 5]] }, ({ x }) => t.power(t.max(x), 2));
  check("max, kept, ties", { x: ["ties", [4, 9]] }, ({ x }) => t.max(x, [1], { keep: true }), true);
  check("equal", { a: ["ties", [4, 9]], b: ["ties", [9]] }, ({ a, b }) => t.mul(a, t.equal(a, b)), true);
});

describe("moving elements", () => {
  check("reshape", { x: [2, 6] }, ({ x }) => t.power(t.reshape(x, [3, -1]), 2));
  check("reshape to a scalar", { x: [1, 1] }, ({ x }) => t.power(t.reshape(x, []), 2));
  check("transpose", { x: [2, 3, 5] }, ({ x }) => t.power(t.transpose(x, [2, 0, 1]), 2));
  check("transpose, default", { x: [2, 3, 5] }, ({ x }) => t.transpose(x));
  check("expand", { x: [3, 1] }, ({ x }) => t.power(t.expand(x, [2, 3, 4]), 2));
  check("expand, then arithmetic", { a: [3, 1], b: [3, 4] }, ({ a, b }) =>
    t.mul(t.mul(t.expand(a, [3, 4]), 3), t.add(b, t.expand(a, [3, 4]))),
  );
  check("expand of both operands", { a: [3, 1], b: [1, 4] }, ({ a, b }) =>
    t.mul(t.expand(a, [3, 4]), t.expand(b, [3, 4])),
  );
  check("slice", { x: [4, 5, 6] }, ({ x }) => t.power(t.slice(x, [1, 0, 2], [3, 5, 6]), 2));
  check("slices side by side, in any order", { x: [3, 7] }, ({ x }) => {
    const part = (from: number, to: number): t.Tensor => t.slice(x, [0, from], [3, to]);
    return t.concatenate([t.power(part(2, 4), 2), t.power(part(0, 2), 3), t.mul(part(4, 7), part(0, 3))], 1);
  });
  check("slices that overlap, or lie apart", { x: [3, 7] }, ({ x }) => {
    const part = (from: number, to: number, rows: number): t.Tensor => t.slice(x, [0, from], [rows, to]);
    return t.add(t.power(part(0, 3, 2), 2), t.add(t.power(part(2, 5, 2), 3), t.mul(part(4, 7, 2), part(0, 3, 2))));
  });
  check("slice with steps and remainder", { x: [5, 8] }, ({ x }) => t.power(t.slice(x, [1, 0], [5, 8], [2, 3]), 2));
  check("slice of a tail with a step", { x: [2, 9] }, ({ x }) => t.slice(x, [0, 4], [2, 9], [1, 4]));
  check("pad", { x: [2, 3] }, ({ x }) => t.power(t.pad(x, [1, 0], [2, 3]), 2));
  check("concatenate", { a: [2, 3], b: [2, 1], c: [2, 2] }, ({ a, b, c }) => t.power(t.concatenate([a, b, c], 1), 2));
  check("concatenate one with itself", { a: [2, 3] }, ({ a }) => t.concatenate([a, t.mul(a, a)]));
  check("gather with repeats", { x: [4, 3] }, ({ x }) => t.power(t.gather(x, [2, 0, 2, 2]), 2));
  check("gather, last axis", { x: [2, 3, 4] }, ({ x }) => t.power(t.gather(x, [3, 1], 2), 2));
  check("gather of a vector", { x: [4] }, ({ x }) => t.gather(x, [3, 3, 0]));
});

describe("matrix products", () => {
  check("matmul", { a: [3, 4], b: [4, 5] }, ({ a, b }) => t.matmul(a, b));
  check("matmul, batched", { a: [2, 3, 4], b: [2, 4, 5] }, ({ a, b }) => t.matmul(a, b));
  check("matmul, broadcast", { a: [3, 1, 2, 4], b: [2, 4, 3] }, ({ a, b }) => t.matmul(a, b));
  check("matmul by a shared matrix", { a: [3, 2, 2, 4], b: [4, 3] }, ({ a, b }) => t.matmul(a, b));
  check("matmul of one with itself", { a: [3, 3] }, ({ a }) => t.matmul(a, a));
});

describe("convolution", () => {
  const conv = (name: string, x: t.Shape, w: t.Shape, options?: t.ConvolutionOptions): void =>
    check(`conv2d ${name}`, { x, w }, (v) => t.conv2d(v.x, v.w, options));
  conv("3x3, padding 1", [2, 3, 5, 6], [4, 3, 3, 3], { padding: 1 });
  conv("3x3, no padding", [2, 2, 5, 5], [3, 2, 3, 3]);
  conv("3x3, padding 3", [1, 2, 4, 4], [2, 2, 3, 3], { padding: 3 });
  conv("1x1", [2, 3, 4, 5], [2, 3, 1, 1]);
  conv("1x1, stride 2", [2, 3, 5, 6], [2, 3, 1, 1], { stride: 2 });
  conv("1x1, stride 2, padding 1", [1, 2, 4, 5], [2, 2, 1, 1], { stride: 2, padding: 1 });
  conv("stride 2 with remainder", [2, 2, 6, 8], [3, 2, 3, 3], { stride: 2 });
  conv("stride 3 with remainder, padding 1", [1, 2, 9, 10], [2, 2, 2, 2], { stride: 3, padding: 1 });
  conv("stride over the kernel", [1, 2, 9, 8], [2, 2, 2, 2], { stride: 4 });
  conv("3x2 kernel", [2, 2, 5, 7], [3, 2, 3, 2], { padding: 1 });
  conv("wide kernel of few channels", [2, 3, 8, 7], [4, 3, 5, 4], { padding: 1 });
  conv("wide kernel, stride 2", [2, 3, 8, 7], [4, 3, 5, 4], { padding: 1, stride: 2 });
  conv("whole image", [2, 2, 4, 4], [3, 2, 4, 4]);
  conv("many channels", [2, 9, 4, 4], [3, 9, 3, 3], { padding: 1 });
  conv("many channels, stride 2", [1, 9, 5, 5], [2, 9, 3, 3], { padding: 1, stride: 2 });
  conv("one of everything", [1, 1, 1, 1], [1, 1, 1, 1]);
  conv("6 channels into 4", [2, 6, 4, 4], [4, 6, 3, 3], { padding: 1 });
  conv("4 channels into 9", [2, 4, 4, 4], [9, 4, 3, 3], { padding: 1 });
  // Weight gradients by Winograd's filtering.
  conv("wide", [2, 32, 8, 6], [36, 32, 3, 3], { padding: 1 });
  // One product for all images, on a CPU.
  conv("small maps", [3, 64, 1, 2], [65, 64, 3, 3], { padding: 1 });
  conv("small maps, stride 2", [2, 64, 3, 2], [64, 64, 3, 3], { padding: 1, stride: 2 });
  conv("small maps, 1x1", [2, 65, 2, 1], [64, 65, 1, 1]);
  conv("wide, one row of tiles", [3, 33, 4, 5], [32, 33, 3, 3], { padding: 1 });
});

describe("Winograd's filtering", () => {
  const shapes: [string, t.Shape, t.Shape][] = [
    ["square", [2, 32, 8, 8], [32, 32, 3, 3]],
    ["one row of tiles, odd width", [1, 33, 4, 5], [36, 33, 3, 3]],
    ["one column", [3, 32, 12, 1], [40, 32, 3, 3]],
  ];
  for (const { name: on, engine } of targets) {
    for (const [name, ...pair] of shapes) {
      test(`${name}: ${on} agrees with float64`, async () => {
        const [x, w] = pair.map((shape, i) => t.input("xw"[i], shape));
        const y = t.conv2d(x, w, { padding: 1 });
        const feeds = { x: draw("normal", x.size, `${name} x`), w: draw("normal", w.size, `${name} w`) };
        const program = t.compile("winograd", { y }, { winograd: true });
        expect(program.id).not.toBe(t.compile("winograd", { y }).id);
        const actual = await engine.run(program, feeds);
        expect(difference(actual.y, interpret({ y }, feeds).y)).toBeLessThan(1e-5);
      });
    }
  }

  test("is not used where it does not fit", () => {
    const id = (x: t.Shape, w: t.Shape, options: t.ConvolutionOptions, winograd: boolean): string =>
      t.compile("p", { y: t.conv2d(t.input("x", x), t.input("w", w), options) }, { winograd }).id;
    for (const [x, w, options] of [
      [[1, 32, 6, 8], [32, 32, 3, 3], { padding: 1 }],
      [[1, 31, 8, 8], [32, 31, 3, 3], { padding: 1 }],
      [[1, 32, 8, 8], [34, 32, 3, 3], { padding: 1 }],
      [[1, 32, 8, 8], [32, 32, 3, 3], {}],
      [[1, 32, 8, 8], [32, 32, 3, 3], { padding: 1, stride: 2 }],
      [[1, 32, 8, 8], [32, 32, 5, 5], { padding: 1 }],
    ] as const) {
      expect(id(x, w, options, true)).toBe(id(x, w, options, false));
    }
  });
});

describe("pooling", () => {
  const shapes: [string, t.Shape, number, t.PoolingOptions?][] = [
    ["2x2", [2, 3, 4, 6], 2],
    ["2x2 with remainder", [2, 2, 5, 7], 2],
    ["3x3, stride 2", [1, 2, 7, 8], 3, { stride: 2 }],
    ["3x3, stride 2, padding 1", [1, 2, 6, 7], 3, { stride: 2, padding: 1 }],
    ["2x2, stride 1", [1, 2, 4, 3], 2, { stride: 1 }],
    ["2x2, stride 3", [1, 2, 8, 9], 2, { stride: 3 }],
    ["2x2, padding 1", [1, 2, 5, 4], 2, { padding: 1 }],
    ["1x1", [1, 2, 3, 3], 1],
    ["1x1, stride 2", [1, 2, 4, 5], 1, { stride: 2 }],
    ["global", [2, 2, 4, 4], 4],
  ];
  for (const [name, shape, kernel, options] of shapes) {
    check(`averagePool ${name}`, { x: shape }, ({ x }) => t.power(t.averagePool(x, kernel, options), 2));
    check(`maxPool ${name}`, { x: ["apart", shape] }, ({ x }) => t.power(t.maxPool(x, kernel, options), 2));
  }
  check("maxPool, as much padding as image", { x: ["apart", [1, 2, 2, 2]] }, ({ x }) =>
    t.power(t.maxPool(x, 4, { stride: 4, padding: 2 }), 2),
  );
  check("maxPool, ties", { x: ["ties", [2, 2, 6, 7]] }, ({ x }) => t.maxPool(x, 2), true);
  check(
    "maxPool, ties, overlapping, padded",
    { x: ["ties", [1, 2, 6, 7]] },
    ({ x }) => t.maxPool(x, 3, { stride: 2, padding: 1 }),
    true,
  );
});

describe("normalisation", () => {
  const affine = { scale: [6], bias: [6] } as const;
  for (const groups of [1, 2, 6]) {
    check(`groupNorm, ${groups} groups`, { x: [2, 6, 3, 4], ...affine }, ({ x, scale, bias }) =>
      t.groupNorm(x, groups, scale, bias),
    );
  }
  for (const shape of [
    [4, 6],
    [2, 3, 6],
  ]) {
    check(`layerNorm of rank ${shape.length}`, { x: shape, ...affine }, ({ x, scale, bias }) =>
      t.layerNorm(x, scale, bias),
    );
  }
  check("groupNorm, large eps", { x: [1, 6, 3, 3], ...affine }, ({ x, scale, bias }) =>
    t.groupNorm(x, 3, scale, bias, 0.1),
  );
  check("batchNorm", { x: [3, 6, 3, 2], ...affine }, ({ x, scale, bias }) => t.batchNorm(x, scale, bias));
  check("batchNorm, one image", { x: [1, 6, 4, 3], ...affine }, ({ x, scale, bias }) => t.batchNorm(x, scale, bias));
  check("batchStatistics", { x: [3, 4, 3, 2] }, ({ x }) => {
    const { mean, variance } = t.batchStatistics(x);
    return t.concatenate([t.power(mean, 2), variance]);
  });
  check(
    "batchNormWith",
    { x: [2, 6, 3, 2], ...affine, mean: [6], variance: ["positive", [6]] },
    ({ x, scale, bias, mean, variance }) => t.batchNormWith(x, scale, bias, { mean, variance }),
  );
  check("normalizeL2", { x: [3, 5] }, ({ x }) => t.normalizeL2(x));
  check("normalizeL2, axis 1", { x: [2, 3, 4] }, ({ x }) => t.normalizeL2(x, 1));
});

test("long rows are normalised as exactly as short ones: a batch's channel, an image of many channels", async () => {
  const [n, c, m] = [3, 2, 34_000];
  const x = draw("positive", n * c * m, "long");
  const values = { scale: new Float32Array(c).fill(1), bias: new Float32Array(c) };
  const inputs = [t.input("x", [n, c, 170, 200]), t.input("scale", [c]), t.input("bias", [c])] as const;
  const batch = t.compile("batch", { y: t.batchNorm(...inputs) });
  const layer = t.compile("layer", { y: t.groupNorm(inputs[0], 1, inputs[1], inputs[2]) });
  const at = (channel: boolean, row: number): number[] =>
    channel
      ? Array.from({ length: n }, (_, i) => (i * c + row) * m)
      : Array.from({ length: c }, (_, k) => (row * c + k) * m);
  for (const { engine, name: on } of targets) {
    for (const [program, channel] of [
      [batch, true],
      [layer, false],
    ] as const) {
      const { y } = await engine.run(program, { x, ...values });
      for (let row = 0; row < (channel ? c : n); row++) {
        const starts = at(channel, row);
        const all = starts.flatMap((start) => Array.from(x.subarray(start, start + m)));
        const mean = all.reduce((total, value) => total + value, 0) / all.length;
        const deviation = Math.sqrt(all.reduce((total, value) => total + (value - mean) ** 2, 0) / all.length + 1e-5);
        const off = starts.flatMap((start, k) =>
          Array.from(y.subarray(start, start + m), (value, i) => value - (all[k * m + i] - mean) / deviation),
        );
        const shift = off.reduce((total, value) => total + value, 0) / off.length;
        expect(Math.abs(shift), `${program.name} on ${on}`).toBeLessThan(2e-7);
      }
    }
  }
});

describe("softmax", () => {
  check("logSoftmax", { x: [4, 5] }, ({ x }) => t.logSoftmax(t.mul(x, 3)));
  check("logSoftmax of large values", { x: [4, 5] }, ({ x }) => t.logSoftmax(t.mul(x, 300)), true);
  check("softmax of rank 3", { x: [2, 3, 4] }, ({ x }) => t.softmax(x));
  check("logSoftmax of rank 3", { x: [2, 3, 4] }, ({ x }) => t.logSoftmax(x));
  check("crossEntropy", { x: [4, 5], targets: ["positive", [4, 5]] }, ({ x, targets }) => t.crossEntropy(x, targets));
});
