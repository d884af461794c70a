// Classifiers as ONNX files: what three runtimes make of them, against PyTorch and our own evaluation.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { InferenceSession, Tensor } from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { encodeClassifier } from "../../src/evaluate/index.ts";
import { imageSet, type Preprocessing, prepareWith } from "../../src/images/index.ts";
import { architectures, buildNetwork, initialBuffers, initialize, type Network } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { networkOutputs } from "../../src/train/index.ts";
import { type Fixture, loadFixtures } from "../support/fixtures.ts";
import { debianPython } from "../support/python.ts";
import { temporaryFolder } from "../support-run.ts";

web.env.wasm.numThreads = 1;
web.env.logLevel = "error";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
});
afterAll(() => engine.close());

const fixtures = loadFixtures("classifiers");
const CLASSES = ["ant", 'b"ee\n', "\u202ecat"];

function classifierOf(fixture: Fixture): { network: Network; preprocessing: Preprocessing; file: Uint8Array } {
  const { name, ...options } = fixture.json<{ name: string }>("network");
  const network = buildNetwork(name, options);
  const zca =
    fixture.name === "whitened"
      ? {
          eps: 0.1,
          mean: fixture.array("zca.mean").data,
          whiten: fixture.array("zca.whiten").data,
          unwhiten: new Float32Array(),
        }
      : undefined;
  const preprocessing = { normalization: fixture.json<Preprocessing["normalization"]>("normalization"), zca };
  const parameters = fixture.arrays("parameters/");
  return {
    network,
    preprocessing,
    file: encodeClassifier({ network, parameters, preprocessing, classNames: CLASSES }),
  };
}

/** What onnxruntime-node makes of images, `count` at a time. */
async function answers(
  file: Uint8Array,
  images: { readonly shape: readonly number[]; readonly data: Uint8Array | Float32Array },
  count = images.shape[0]!,
): Promise<number[]> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const type = images.data instanceof Uint8Array ? "uint8" : "float32";
  const [n, ...rest] = images.shape as [number, ...number[]];
  const size = images.data.length / n;
  const all: number[] = [];
  for (let start = 0; start < n; start += count) {
    const data = images.data.slice(start * size, Math.min(n, start + count) * size);
    const { probabilities } = await session.run({ images: new Tensor(type, data, [data.length / size, ...rest]) });
    all.push(...(probabilities!.data as Float32Array));
  }
  return all;
}

function furthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.NaN;
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - found[i]!)));
}

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("a classifier, %s,", (_, fixture) => {
  const { network, preprocessing, file } = classifierOf(fixture);
  const pixels = fixture.bytes("pixels");
  const expected = fixture.array("probabilities").data;

  it("says in onnxruntime-node what PyTorch says, one image at a time or all", async () => {
    expect(furthest(await answers(file, pixels), expected)).toBeLessThan(2e-6);
    expect(furthest(await answers(file, pixels, 1), expected)).toBeLessThan(2e-6);
    // The images differ, so that an answer is one to its own image.
    expect(furthest(expected.slice(0, 3), expected.slice(3, 6))).toBeGreaterThan(0.05);
  });

  it("says in onnxruntime-web, as WebAssembly, what PyTorch says", async () => {
    const session = await web.InferenceSession.create(file, { executionProviders: ["wasm"] });
    const { probabilities } = await session.run({ images: new web.Tensor("uint8", pixels.data, pixels.shape) });
    expect(probabilities!.dims).toEqual([6, 3]);
    expect(furthest(probabilities!.data as Float32Array, expected)).toBeLessThan(2e-6);
  });

  it("takes float pixels in [0, 1] where it is made for them", async () => {
    const options = { network, parameters: fixture.arrays("parameters/"), preprocessing, classNames: CLASSES };
    const floats = encodeClassifier({ ...options, pixels: "float32" });
    const data = Float32Array.from(pixels.data, (byte) => byte / 255);
    expect(furthest(await answers(floats, { ...pixels, data }), expected)).toBeLessThan(2e-6);
  });

  it("agrees with our own evaluation of the network", async () => {
    const [n, c, h, w] = pixels.shape as [number, number, number, number];
    const set = imageSet({ name: "set", shape: [c, h, w], pixels: pixels.data, labels: new Uint16Array(n), classNames: CLASSES }); // biome-ignore format: short
    const prepared = await prepareWith(preprocessing, set);
    const { data } = await networkOutputs({
      ...{ network, parameters: fixture.arrays("parameters/"), what: "logits", engine, count: n },
      read: (start, count) => prepared.read(Array.from({ length: count }, (_, i) => start + i)),
    });
    const exps = Array.from(data, Math.exp);
    const own = exps.map((value, i) => {
      const row = 3 * Math.floor(i / 3);
      return value / (exps[row]! + exps[row + 1]! + exps[row + 2]!);
    });
    expect(furthest(await answers(file, pixels), own)).toBeLessThan(2e-6);
  });
});

it("says what it is: opset 17, IR 8, any number of images, class names as they are", () => {
  const { file } = classifierOf(fixtures[0]!);
  const { irVersion, opsetImport, metadataProps, graph } = fromBinary(ModelProtoSchema, file);
  expect([irVersion, opsetImport[0]!.version, opsetImport.length]).toEqual([8n, 17n, 1]);
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  expect(JSON.parse(metadata.classNames!)).toEqual(CLASSES);
  expect(metadata).toMatchObject({ format: "datadam-classifier/1", input: "uint8 [n, 3, 8, 8], pixels from 0 to 255" });
  const names = graph!.initializer.map(({ name }) => name);
  expect(names).toContain("classifier.weight");
  expect(names.some((name) => name.startsWith("zca"))).toBe(false);
});

const preprocessing: Preprocessing = {
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  zca: undefined,
};
const classNames = Array.from({ length: 10 }, (_, i) => `class ${i}`);

function fresh(network: Network): Uint8Array {
  const parameters = { ...initialize(network, Key.fromSeed(1)), ...initialBuffers(network) };
  return encodeClassifier({ network, parameters, preprocessing, classNames });
}

// Each kind of architecture, and each norm; maps above 64 px are normalised in two levels.
const kinds = ["alexnet", "lenet", "mlp", "resnet10", "resnet10ap", "vgg11", "vit"] as const;
const cases = [
  ...kinds.map((name) => [name, architectures[name].facts.norms[0], 32] as const),
  ...architectures.convnet.facts.norms.map((norm) => ["convnet", norm, 32] as const),
  ["convnet", "instance", 96] as const,
];
it.each(cases)("%s, %s norm, %s px: gives each image the same answer in any company", async (name, norm, size) => {
  const file = fresh(buildNetwork(name, { width: 8, norm, size }));
  const data = Uint8Array.from({ length: 5 * 3 * size * size }, (_, i) => (i * 7919 + (i >> 7) * 31) & 255);
  const images = { shape: [5, 3, size, size], data };
  const [together, alone] = [await answers(file, images), await answers(file, images, 2)];
  expect(furthest(together, alone)).toBeLessThan(1e-6);
  for (let i = 0; i < 5; i++) {
    expect(together.slice(10 * i, 10 * i + 10).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  }
});

it("passes the checker of ONNX 1.12", ({ skip }) => {
  const python = debianPython("onnx");
  if (python === undefined) return skip("python3-onnx is not installed: apt-get install python3-onnx");
  const folder = temporaryFolder();
  const paths = fixtures.map((fixture) => {
    const path = join(folder, `${fixture.name}.onnx`);
    writeFileSync(path, classifierOf(fixture).file);
    return path;
  });
  // Shapes too: a wrong one is an error.
  const script = [
    "import sys, onnx",
    "for path in sys.argv[1:]:",
    "    onnx.checker.check_model(path, full_check=True)",
    "    model = onnx.load(path)",
    "    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph.output[0].type.tensor_type.shape",
    "    print([d.dim_param or d.dim_value for d in inferred.dim])",
  ].join("\n");
  const { status, stdout, stderr } = spawnSync(python, ["-c", script, ...paths], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.trim().split("\n")).toEqual(fixtures.map(() => "['n', 3]"));
});

it.each([
  [{ classNames: ["one"] }, "10 outputs for 1 class names"],
  [{ preprocessing: { normalization: { mean: [0], std: [1] }, zca: undefined } }, "not of images of 3 x 32 x 32"],
  [{ parameters: {} }, "is missing"],
])("refuses what does not fit the network: %j", (wrong, message) => {
  const network = buildNetwork("convnet", { width: 4, norm: "batch" });
  const options = { network, parameters: initialize(network, Key.fromSeed(1)), preprocessing, classNames };
  expect(() => encodeClassifier({ ...options, ...wrong } as never)).toThrow(message);
});
