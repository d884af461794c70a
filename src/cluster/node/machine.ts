// What the last bits of a result depend on: the instruction sets of the processor, and the version of the kernels.

import { readFileSync } from "node:fs";
import { versions } from "../../lab/node/index.ts";

/** Instruction sets that ONNX Runtime, or the C library under it, has float32 kernels of its own for. */
const X86 = ["sse4_1", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl"];
const ARM = ["asimd", "asimdhp", "asimddp", "bf16", "i8mm", "sve"];

/** e.g. `linux-x64 avx avx2; onnxruntime-node 1.30.0`. Null where the instruction sets cannot be read. */
export function machineType(): string | null {
  const sets = instructionSets();
  if (sets === undefined) return null;
  const runtime = versions()["onnxruntime-node"] ?? "unknown";
  return `${process.platform}-${process.arch} ${sets.join(" ")}; onnxruntime-node ${runtime}`;
}

function instructionSets(): string[] | undefined {
  // Every 64-bit ARM of Apple has the same ones as far as kernels ask.
  if (process.platform === "darwin" && process.arch === "arm64") return ["apple"];
  if (process.platform !== "linux") return undefined;
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"));
    const known = new Set(line?.[1]?.trim().split(/\s+/));
    return known.size === 0 ? undefined : (process.arch === "arm64" ? ARM : X86).filter((name) => known.has(name));
  } catch {
    return undefined;
  }
}
