// Engines of the devices that operations are checked on: cpu always, as ONNX Runtime for Node and as its WebAssembly for
// browsers (in this thread); webgpu where an adapter (or SwiftShader) is here.

import { existsSync } from "node:fs";
import { test } from "vitest";
import { createEngine as createBrowserEngine } from "../../src/engine/browser/engine.ts";
import { createEngine, type Device, type Engine } from "../../src/engine/index.ts";
import { compile, input, relu } from "../../src/tensor/index.ts";

/** Chromium's software Vulkan driver (Debian: `apt-get install chromium libvulkan1`). */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

export interface DeviceUnderTest {
  /** For titles. */
  readonly name: string;
  readonly device: Device;
  readonly engine: Engine;
  /** Largest difference allowed to float64, relative to the largest value of the array. */
  readonly tolerance: number;
}

/** Starts the engines, and reports a device that is missing as a skipped test of that name. */
export async function devices(): Promise<DeviceUnderTest[]> {
  const common = { device: "cpu", tolerance: 1e-5 } as const;
  const cpu: DeviceUnderTest = { ...common, name: "cpu", engine: await createEngine({ workers: 1 }) };
  const wasm: DeviceUnderTest = { ...common, name: "wasm", engine: await createBrowserEngine() };
  const gpu = await webgpu();
  if (typeof gpu !== "string") return [cpu, wasm, gpu];
  test.skip(`webgpu: not available here (${gpu}); Debian: apt-get install chromium libvulkan1`, () => {});
  return [cpu, wasm];
}

async function webgpu(): Promise<DeviceUnderTest | string> {
  // Before the worker starts: the Vulkan loader reads the environment of the process.
  if (process.env.VK_ICD_FILENAMES === undefined && existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES = SWIFTSHADER;
  const engine = await createEngine({ device: "webgpu" });
  try {
    await engine.run(compile("probe", { y: relu(input("x", [1])) }), { x: Float32Array.of(1) });
    return { name: "webgpu", device: "webgpu", engine, tolerance: 3e-5 };
  } catch (error) {
    await engine.close();
    return (error as Error).message;
  }
}
