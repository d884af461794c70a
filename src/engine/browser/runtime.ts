// ONNX Runtime in a browser: onnxruntime-web, an optional package, in the thread that asks for it.

import { unavailable } from "../backends.ts";
import type { Host, Runtime } from "../host.ts";
import type { Device } from "../types.ts";

const HINTS: Record<Device, string> = {
  cpu:
    "Install the engine: npm install onnxruntime-web@1.30.0. Its file ort-wasm-simd-threaded.wasm must be served " +
    "beside the bundle.",
  webgpu: "This browser gives no WebGPU adapter. Use the device cpu.",
  cuda: "Browsers have no CUDA. Use the device webgpu or cpu.",
};

const loaded = new Map<Device, Promise<Runtime>>();

/** A session host of this thread. */
export function hostOf(device: Device): Host {
  return {
    device,
    runtime: () => {
      const known = loaded.get(device) ?? load(device);
      loaded.set(device, known);
      return known;
    },
    enter: (call) => call(),
    fillsOutputs: false,
    laysOut: false,
    hint: HINTS[device],
  };
}

async function load(device: Device): Promise<Runtime> {
  if (device === "cuda") throw unavailable(device, new Error("there is no CUDA in a browser"), HINTS.cuda);
  const module = device === "webgpu" ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm");
  return module.then(
    (runtime) => {
      runtime.env.logLevel = "fatal";
      // Workers share the work, not threads of one session: see "What makes it fast" in docs/architecture.md.
      runtime.env.wasm.numThreads = 1;
      return runtime;
    },
    (cause: unknown) => {
      throw unavailable(device, cause, HINTS.cpu);
    },
  );
}
