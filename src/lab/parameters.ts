// A trained network's parameters, from a file.

import { DatadamError } from "../errors.ts";
import { type NetworkChoice, networkFor } from "../evaluate/index.ts";
import { decodePt, decodeSafetensors, isNpyArray, type NpyArray } from "../formats/index.ts";
import { type Arrays, buildNetwork, inferConvNet, loadParameters, type Network } from "../nn/index.ts";
import { PARAMETERS_FORMAT } from "../run/portable.ts";
import { sha256 } from "./hash.ts";
import type { Readers } from "./types.ts";

export interface TrainedNetwork {
  readonly network: Network;
  readonly parameters: Arrays;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** The images that a network is to take, and what is known of it; what the file says goes before. */
export interface NetworkContext extends Omit<NetworkChoice, "arch"> {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  /** Default: what the file says, else `convnet`. */
  readonly arch?: string;
}

interface StateDict {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: unknown }>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a network's `state_dict`, safetensors or `.pt`. What `datadam train` wrote says of which network it is; of others, depth,
 * width and the kind of layers of a ConvNet are read off its tensors, and any other architecture has to be named.
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
      hint: `Needed is the state_dict of a network (${arch}) for images of ${shape.join(" x ")} and ${classNames.length} classes.`,
      cause,
    });
  }
}

function networkOf({ tensors, metadata }: StateDict, context: NetworkContext): Network {
  const { shape, classNames, arch, ...options } = context;
  if (metadata.format === PARAMETERS_FORMAT) {
    return recordedNetwork(metadata.network, Object.keys(tensors).length, context);
  }
  if (arch === undefined || arch === "convnet")
    return inferConvNet(tensors, { shape, classes: classNames.length, ...options });
  const batch = Object.keys(tensors).some((name) => name.endsWith(".running_mean"));
  const norm = options.norm ?? (batch ? ("batch" as const) : undefined);
  return networkFor(
    { shape, classNames, provenance: {} },
    { arch, ...options, ...(norm === undefined ? {} : { norm }) },
  );
}

/** The network that a file of ours says it is of. */
function recordedNetwork(
  text: string | undefined,
  tensors: number,
  { shape, classNames, arch }: NetworkContext,
): Network {
  const { name, ...options } = JSON.parse(text ?? "{}") as Readonly<Record<string, unknown>>;
  // Each block has tensors of its own: a file that lies about them is not to be built.
  if (Number(options.depth ?? 0) > tensors) throw new RangeError(`${tensors} tensors for a depth of ${options.depth}`);
  const network = buildNetwork(String(name), options);
  if (arch !== undefined && arch !== name) throw new RangeError(`they are those of ${name}, not of ${arch}`);
  if (network.input.join() !== shape.join() || network.classes !== classNames.length) {
    throw new RangeError(`they are for images of ${network.input.join(" x ")} and ${network.classes} classes`);
  }
  return network;
}

/** The tensors of a `state_dict` that `torch.save` wrote. */
function stateDict(bytes: Uint8Array): Record<string, NpyArray> {
  const value = decodePt(bytes);
  const entries = value instanceof Map ? [...value] : [];
  if (entries.length === 0) throw new Error("it is not a state_dict");
  return Object.fromEntries(entries.filter((entry): entry is [string, NpyArray] => isNpyArray(entry[1])));
}
