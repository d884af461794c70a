// Preprocessing as named tensors and metadata, for safetensors files.

import { DatadamError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { quoted } from "../quoted.ts";
import type { Preprocessing } from "./types.ts";

/** Metadata key whose value is `{"mean": [...], "std": [...]}`. */
const NORMALIZATION = "normalization";
const EPS = "zca.eps";

type Float32Tensor = { dtype: "F32"; shape: number[]; data: Float32Array };

/** Tensors `zca.mean [d]`, `zca.whiten [d, d]`, `zca.unwhiten [d, d]` (none without ZCA), and metadata strings. */
export function preprocessingToTensors(preprocessing: Preprocessing): {
  tensors: Record<string, Float32Tensor>;
  metadata: Record<string, string>;
} {
  const { normalization, zca } = preprocessing;
  const { mean, std } = normalization;
  const metadata = { [NORMALIZATION]: JSON.stringify({ mean, std }) };
  if (!zca) return { tensors: {}, metadata };
  const d = zca.mean.length;
  return {
    tensors: {
      "zca.mean": { dtype: "F32", shape: [d], data: zca.mean },
      "zca.whiten": { dtype: "F32", shape: [d, d], data: zca.whiten },
      "zca.unwhiten": { dtype: "F32", shape: [d, d], data: zca.unwhiten },
    },
    metadata: { ...metadata, [EPS]: String(zca.eps) },
  };
}

/**
 * What {@link preprocessingToTensors} made, from a decoded file.
 *
 * @throws DatadamError `INVALID_DATA` where something is missing, of another shape or type, or not finite.
 */
export function preprocessingFromTensors(
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<unknown> }>>,
  metadata: Readonly<Record<string, string>>,
): Preprocessing {
  const normalization = parseNormalization(metadata[NORMALIZATION]);
  if (metadata[EPS] === undefined) return { normalization, zca: undefined };
  const eps = Number(metadata[EPS]);
  if (!(Number.isFinite(eps) && eps > 0)) throw invalid(`${EPS} is "${metadata[EPS]}"`);
  const d = tensors["zca.mean"]?.data.length ?? 0;
  const read = (name: string, ...shape: number[]): Float32Array => {
    const data = tensors[name]?.data;
    if (!(data instanceof Float32Array) || tensors[name].shape.join() !== shape.join()) {
      throw invalid(`${name} is not a float32 tensor of shape [${shape.join(", ")}]`);
    }
    if (!data.every(Number.isFinite)) throw invalid(`${name} holds numbers that are not finite`);
    return data;
  };
  const mean = read("zca.mean", d);
  return { normalization, zca: { eps, mean, whiten: read("zca.whiten", d, d), unwhiten: read("zca.unwhiten", d, d) } };
}

function parseNormalization(text: string | undefined): Preprocessing["normalization"] {
  try {
    const { mean, std } = parseJson(text ?? "") as Record<string, unknown>;
    const numbers = (list: unknown): list is number[] => Array.isArray(list) && list.every(Number.isFinite);
    const fit = numbers(mean) && numbers(std) && mean.length > 0 && mean.length === std.length;
    if (fit && std.every((one) => one > 0)) return { mean, std };
  } catch {
    // Reported below with the text.
  }
  throw invalid(`${NORMALIZATION} is ${text === undefined ? "missing" : quoted(text)}`);
}

function invalid(what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `These tensors hold no preprocessing: ${what}.`, {
    hint: "The file may be damaged, or come from another program.",
  });
}
