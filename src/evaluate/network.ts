// Which network is trained: what the options say, and what they leave out as in distillation.

import { DatadamError } from "../errors.ts";
import type { SyntheticSet } from "../images/types.ts";
import { convnetDepth } from "../nn/architectures.ts";
import {
  type Activation,
  type AnyNetworkOptions,
  architectureOf,
  imageOptions,
  type Network,
  type NetworkBuilder,
  type Norm,
  networks,
  type Pooling,
} from "../nn/index.ts";

/** A network to train, without the images it is for. */
export interface NetworkChoice {
  /** The name of one of the library's networks, or a function that builds one. Default: that of the set's provenance, else `"convnet"`. */
  readonly arch?: string | NetworkBuilder;
  /** Default: that of the provenance where the architecture is the same, else that of the architecture. */
  readonly width?: number;
  /** Of `convnet` and `vit`. Default for `convnet`: that of the provenance, else by image size (3 at 32 px). */
  readonly depth?: number;
  /** Default: that of the protocol, else that of the provenance where the architecture can have it, else that of the architecture. */
  readonly norm?: Norm;
  /** Of `convnet` alone. Default: that of the provenance, else `"relu"`. */
  readonly activation?: Activation;
  /** Of `convnet` alone. Default: that of the provenance, else `"average"`. */
  readonly pooling?: Pooling;
}

type Subject = Pick<SyntheticSet, "shape" | "classNames" | "provenance">;

/**
 * @param fallback norm of the protocol, where it says one.
 * @throws DatadamError `INVALID_OPTION` for an unknown architecture, options that do not apply to it, and images that are too small for it.
 */
export function networkFor(set: Subject, choice: NetworkChoice, fallback?: Norm): Network {
  const recorded = said(set.provenance);
  const arch = choice.arch ?? recorded.arch ?? "convnet";
  const images = imageOptions(set.shape, set.classNames.length);
  try {
    if (typeof arch === "function") return arch({ ...images, ...given(choice) });
    const build = networks[arch as keyof typeof networks];
    const known = architectureOf(arch);
    if (known === undefined) {
      throw new DatadamError("INVALID_OPTION", `unknown network "${arch}"`, {
        hint: `Known: ${Object.keys(networks).join(", ")}.`,
      });
    }
    refuseForeign(arch, choice);
    const same = arch === (recorded.arch ?? "convnet");
    const inherited = arch === "convnet" ? convnetDefaults(recorded, Math.min(...set.shape.slice(1))) : {};
    const norm = [fallback, recorded.norm].find((candidate) => candidate && known.norms.includes(candidate));
    return build({
      ...images,
      ...inherited,
      ...(same && recorded.width !== undefined ? { width: recorded.width } : {}),
      ...(norm === undefined ? {} : { norm }),
      ...given(choice),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new DatadamError("INVALID_OPTION", error.message, { cause: error });
    throw error;
  }
}

/** A set that was not made by this library may have settings left `"auto"`. */
function said(provenance: Readonly<Record<string, unknown>>): NetworkChoice {
  return Object.fromEntries(Object.entries(provenance).filter(([, value]) => value !== "auto"));
}

function convnetDefaults(recorded: Readonly<NetworkChoice>, side: number): AnyNetworkOptions {
  const same = (recorded.arch ?? "convnet") === "convnet" ? recorded : {};
  return {
    depth: same.depth ?? convnetDepth(side),
    ...given({ activation: same.activation, pooling: same.pooling }),
  };
}

/** The network options among them that are there. */
function given(choice: { readonly [Key in keyof NetworkChoice]?: NetworkChoice[Key] | undefined }): AnyNetworkOptions {
  const keys = ["width", "depth", "norm", "activation", "pooling"] as const;
  return Object.fromEntries(keys.flatMap((key) => (choice[key] === undefined ? [] : [[key, choice[key]]])));
}

/** What a fixed architecture cannot be told. */
function refuseForeign(arch: string, choice: NetworkChoice): void {
  const taken = arch === "convnet" ? ["depth", "activation", "pooling"] : arch === "vit" ? ["depth"] : [];
  for (const key of ["depth", "activation", "pooling"] as const) {
    if (choice[key] === undefined || taken.includes(key)) continue;
    throw new DatadamError("INVALID_OPTION", `${key} does not apply to ${arch}`, {
      hint: `Leave it out, or use convnet${key === "depth" ? " or vit" : ""}.`,
    });
  }
}
