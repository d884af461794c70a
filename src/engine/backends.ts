// What each device needs of ONNX Runtime, and what its messages mean.

import type { InferenceSession } from "onnxruntime-common";
import { DatadamError } from "../errors.ts";
import type { Device } from "./types.ts";

/** CUDA and WebGPU must not fall back to the CPU: an operation that they lack shows when a program is compiled. */
const NO_FALLBACK = { session: { disable_cpu_ep_fallback: "1" } };

/** Only what ends the process is logged: errors are thrown, and standard error belongs to the caller. */
const SILENT = 4;

/**
 * One thread a session, for nearly all programs: parallelism comes from several workers. Planning memory ahead of the
 * second run takes longer than it saves where a session lives for a few runs, and saves nothing after many.
 */
const CPU: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  enableMemPattern: false,
  graphOptimizationLevel: "all",
  logSeverityLevel: SILENT,
};

/**
 * Threads of a session wait for each other spinning, this long at most and in a run only: longer takes the cores of
 * other workers; shorter sometimes wakes a thread on the core that is busy, which doubles the time of a step.
 */
const SPINNING = { force_spinning_stop: "1", intra_op: { spin_duration_us: "150" } };

/** @param threads that share a product, on a CPU. */
export function sessionOptions(device: Device, threads: number = 1): InferenceSession.SessionOptions {
  if (device === "cpu") {
    return threads === 1 ? CPU : { ...CPU, intraOpNumThreads: threads, extra: { session: SPINNING } };
  }
  return { executionProviders: [device], extra: NO_FALLBACK, logSeverityLevel: SILENT, graphOptimizationLevel: "all" };
}

/**
 * For programs with bound inputs, on a CPU: what ONNX Runtime does with constants alone is left out where it would
 * change the last bits. It packs matrices ahead, and multiplies weights by what the convolution's result is multiplied
 * by.
 *
 * @param optimised whether the graph is rewritten; not where it has been, or is run once.
 */
export function boundOptions(optimised: boolean): InferenceSession.SessionOptions {
  return {
    ...CPU,
    graphOptimizationLevel: optimised ? "all" : "disabled",
    extra: {
      session: { disable_prepacking: "1" },
      optimization: { disable_specified_optimizers: "ConvMulFusion" },
    },
  };
}

/** Messages of a provider that is not in this build, or finds no library, driver or device. */
const UNAVAILABLE = new RegExp(
  [
    "no available backend",
    "backend not found",
    "cannot open shared object",
    "Failed to load (shared )?library",
    "WebGPU adapter",
    "no CUDA-capable device",
    "driver version is insufficient",
  ].join("|"),
  "i",
);

/** Messages of a runtime in a browser whose own files were not found. */
const NO_RUNTIME = /no available backend/i;

/** Whether ONNX Runtime's message of a failed compilation says that the device lacks an operation. */
export function isUnsupported(cause: unknown): boolean {
  return /fallback to CPU EP has been explicitly disabled|Could not find an implementation|NOT_IMPLEMENTED/i.test(
    messageOf(cause),
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Turns ONNX Runtime's message of a failed compilation into what a user can act on.
 *
 * @param operation ONNX operator that the device lacks, where {@link isUnsupported} and known.
 * @param hint what helps where the device cannot be used.
 */
export function compileError(
  device: Device,
  program: string,
  cause: unknown,
  operation?: string,
  hint?: string,
): DatadamError {
  const message = messageOf(cause);
  if (isUnsupported(cause)) {
    const what = operation === undefined ? message : `it lacks the operation ${operation}`;
    return new DatadamError("UNSUPPORTED_OPERATION", `The ${device} back end cannot run program ${program}: ${what}.`, {
      hint: "Use the device cpu.",
      cause,
    });
  }
  const missing = device === "cpu" ? NO_RUNTIME : UNAVAILABLE;
  if (missing.test(message)) return unavailable(device, cause, hint);
  return new DatadamError("UNSUPPORTED_OPERATION", `Compiling program ${program} for ${device} failed: ${message}`, {
    cause,
  });
}

/** @param hint default: what helps under Node. */
export function unavailable(device: Device, cause: unknown, hint?: string): DatadamError {
  const hints: Record<Device, string> = {
    cpu: "Install the engine: npm install onnxruntime-node",
    webgpu: "WebGPU needs a Vulkan, Metal or Direct3D 12 driver. Without a GPU, use the device cpu.",
    cuda:
      "Install CUDA 12 and cuDNN 9, then ONNX Runtime's CUDA libraries with the package's own script: " +
      "node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12",
  };
  // ONNX Runtime puts the failed line of its source before what it has to say.
  const message = messageOf(cause)
    .split("\n")[0]
    .replace(/^\/\S+:\d+ .* was false\. /, "");
  return new DatadamError("BACKEND_UNAVAILABLE", `Device ${device} cannot be used here: ${message.trim()}`, {
    hint: hint ?? hints[device],
    cause,
  });
}
