// Options of an engine, checked and settled.

import { DatadamError } from "../../errors.ts";
import type { Device, EngineOptions } from "../types.ts";

export interface Settled {
  readonly device: Device;
  readonly workers: number;
  readonly weightsMemory: number;
}

/**
 * @param cores workers on a CPU where none are asked for.
 * @throws DatadamError `INVALID_OPTION`
 */
export function settle(
  { device = "cpu", workers, maxWorkers = Number.POSITIVE_INFINITY, weightsMemory = 2 ** 31 }: EngineOptions,
  cores: number,
): Settled {
  const count = workers ?? (device === "cpu" ? Math.min(cores, maxWorkers) : 1);
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new DatadamError("INVALID_OPTION", `workers must be an integer from 1 to 1024, got ${count}`);
  }
  if (!(weightsMemory >= 0)) {
    throw new DatadamError(
      "INVALID_OPTION",
      `weightsMemory must be a number of bytes, 0 or more, got ${weightsMemory}`,
    );
  }
  if (device === "webgpu" && count > 1) {
    throw new DatadamError("INVALID_OPTION", `webgpu takes one worker, got ${count}`, {
      hint: "ONNX Runtime's WebGPU provider must be used from one thread at a time.",
    });
  }
  if (!["cpu", "webgpu", "cuda"].includes(device)) {
    throw new DatadamError("INVALID_OPTION", `unknown device "${device}"`, { hint: "Known: cpu, webgpu, cuda." });
  }
  return { device, workers: count, weightsMemory };
}
