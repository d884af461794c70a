// Devices that are not here, and operations that a device lacks, are told apart and named.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, describe, expect, test } from "vitest";
import { createEngine, type Program, probeBackends } from "../../src/engine/index.ts";
import { compile, exp, input, neg, relu, sum } from "../../src/tensor/index.ts";
import { devices } from "../tensor/devices.ts";

const targets = await devices();
afterAll(() => Promise.all(targets.map(({ engine }) => engine.close())));

/** `program` with every `from` turned into another ONNX operator. */
function exchange(program: Program, from: string, to: string): Program {
  const model = fromBinary(ModelProtoSchema, program.model);
  for (const node of model.graph!.node) if (node.opType === from) node.opType = to;
  return { ...program, id: `${program.id} with ${to}`, model: toBinary(ModelProtoSchema, model) };
}

const x = input("x", [2, 3]);
const program = compile("sample", { y: sum(exp(neg(relu(x)))), z: exp(relu(x)) });
const feeds = { x: new Float32Array(6) };

describe("cuda", () => {
  test("is unavailable without its libraries, with a hint how to install them", async () => {
    const engine = await createEngine({ device: "cuda" });
    try {
      const outcome = await engine.run(program, feeds).then(
        () => "works",
        (error: unknown) => error,
      );
      if (outcome === "works") return; // a machine with CUDA
      expect(outcome).toMatchObject({
        code: "BACKEND_UNAVAILABLE",
        message: expect.stringContaining("Device cuda cannot be used here"),
        hint: expect.stringContaining("--onnxruntime-node-install=cuda12"),
      });
    } finally {
      await engine.close();
    }
  });
});

describe.each(targets)("$name", ({ device, engine }) => {
  test("names an operation that it lacks, when the program is compiled", async () => {
    // Sign is missing from the WebGPU provider of ONNX Runtime 1.30.
    const lacking = device === "cpu" ? exchange(program, "Neg", "NoSuchOperator") : exchange(program, "Neg", "Sign");
    const error = await engine.run(lacking, feeds).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "UNSUPPORTED_OPERATION",
      message: expect.stringMatching(
        device === "cpu" ? /sample.*NoSuchOperator/ : /webgpu.*sample.*lacks the operation Sign/,
      ),
    });
  });

  test("goes on after that", async () => {
    expect((await engine.run(program, feeds)).y).toEqual(Float32Array.of(6));
  });
});

test("probing reports every device, and the CPU works", async () => {
  const reports = await probeBackends();
  expect(reports.map(({ device }) => device)).toEqual(["cpu", "webgpu", "cuda"]);
  expect(reports[0]).toEqual({ device: "cpu", available: true, detail: "works" });
  for (const { device, available, detail } of reports) {
    if (!available) expect(detail).toContain(`Device ${device} cannot be used here`);
    expect(available).toBe(detail === "works");
  }
});
