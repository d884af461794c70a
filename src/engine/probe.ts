// Which devices work here.

import { createEngine } from "#engine";
import { DatadamError } from "../errors.ts";

import type { Device } from "./types.ts";

export interface BackendReport {
  readonly device: Device;
  readonly available: boolean;
  readonly detail: string;
}

/** Tries every device with a one-node program, each in a worker of its own. */
export async function probeBackends(): Promise<BackendReport[]> {
  const { compile, input, relu } = await import("../tensor/index.ts");
  const program = compile("probe", { y: relu(input("x", [1, 4])) });
  const reports: BackendReport[] = [];
  for (const device of ["cpu", "webgpu", "cuda"] as const) {
    try {
      const engine = await createEngine({ device, workers: 1 });
      try {
        await engine.run(program, { x: Float32Array.of(-1, 0, 1, 2) });
      } finally {
        await engine.close();
      }
      reports.push({ device, available: true, detail: "works" });
    } catch (error) {
      const hint = error instanceof DatadamError && error.hint !== undefined ? `. ${error.hint}` : "";
      reports.push({ device, available: false, detail: `${(error as Error).message}${hint}` });
    }
  }
  return reports;
}
