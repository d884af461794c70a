// A trained network's parameters, from a file.

import { DatadamError } from "../../errors.ts";
import { decodePt, decodeSafetensors, isNpyArray, type NpyArray } from "../../formats/index.ts";
import { parseJson } from "../../json.ts";
import {
  type Arrays,
  inferNetwork,
  loadParameters,
  type Network,
  type NetworkContext,
  recordedNetwork,
} from "../../nn/index.ts";
import { PARAMETERS_FORMAT } from "../../run/portable.ts";
import { sha256 } from "../folder/hash.ts";
import type { Readers } from "../types.ts";

export interface TrainedNetwork {
  readonly network: Network;
  readonly parameters: Arrays;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

interface StateDict {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: unknown }>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a network's `state_dict`, safetensors or `.pt`. What `datadam train` wrote says of which network it is; of
 * others, depth, width and the kind of layers of a ConvNet are read off its tensors, and any other architecture has to
 * be named.
 *
 * @throws DatadamError INVALID_DATA, IO
 */
export async function readNetwork(
  path: string,
  context: NetworkContext,
  readers: Pick<Readers, "file">,
): Promise<TrainedNetwork> {
  const bytes = await readers.file(path);
  if (bytes === undefined) {
    throw new DatadamError("IO", `Cannot read the parameters ${path}: there is no such file`);
  }
  try {
    const file = /\.(pt|pth)$/i.test(path) ? { tensors: stateDict(bytes), metadata: {} } : decodeSafetensors(bytes);
    const network = networkOf(file, context);
    return { network, parameters: loadParameters(network, file.tensors), sha256: await sha256(bytes) };
  } catch (cause) {
    const { shape, classNames, arch = "convnet" } = context;
    throw new DatadamError("INVALID_DATA", `${path} holds no parameters that fit: ${(cause as Error).message}`, {
      hint:
        `Needed is the state_dict of a network (${arch}) for images of ${shape.join(" x ")} and ` +
        `${classNames.length} classes.`,
      cause,
    });
  }
}

function networkOf({ tensors, metadata }: StateDict, context: NetworkContext): Network {
  if (metadata.format !== PARAMETERS_FORMAT) return inferNetwork(tensors, context);
  return recordedNetwork(optionsOf(metadata.network ?? "{}"), Object.keys(tensors).length, context);
}

function optionsOf(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new Error("its metadata name no network");
}

/** The tensors of a `state_dict` that `torch.save` wrote. */
function stateDict(bytes: Uint8Array): Record<string, NpyArray> {
  const value = decodePt(bytes);
  const entries = value instanceof Map ? [...value] : [];
  if (entries.length === 0) throw new Error("it is not a state_dict");
  return Object.fromEntries(
    entries.filter((entry): entry is [string, NpyArray] => typeof entry[0] === "string" && isNpyArray(entry[1])),
  );
}
