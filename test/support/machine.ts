// What the last bits of a result depend on: the processor, its instruction sets, and the version of the kernels.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Instruction sets that ONNX Runtime, or the C library under it, has float32 kernels of its own for. */
const INSTRUCTIONS = ["sse4_1", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl"];
const ARM_INSTRUCTIONS = ["asimd", "asimdhp", "asimddp", "bf16", "i8mm", "sve"];

/** e.g. `linux-x64 avx avx2; onnxruntime-node 1.30.0`. Undefined where the instruction sets cannot be read. */
export function machineType(): string | undefined {
  const instructions = instructionSets();
  if (instructions === undefined) return undefined;
  return `${process.platform}-${process.arch} ${instructions.join(" ")}; onnxruntime-node ${runtimeVersion()}`;
}

function instructionSets(): string[] | undefined {
  // Every 64-bit ARM of Apple has the same ones as far as kernels ask.
  if (process.platform === "darwin" && process.arch === "arm64") return ["apple"];
  if (process.platform !== "linux") return undefined;
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"));
  const known = new Set(line?.[1].trim().split(/\s+/));
  const requested = process.arch === "arm64" ? ARM_INSTRUCTIONS : INSTRUCTIONS;
  return known.size === 0 ? undefined : requested.filter((name) => known.has(name));
}

function runtimeVersion(): string {
  const require = createRequire(import.meta.url);
  return (require("onnxruntime-node/package.json") as { version: string }).version;
}
