// Rows of chosen real images.

import { createEngine } from "../../engine/index.ts";
import { type NetworkChoice, networkFor } from "../../evaluate/index.ts";
import type { PreparedSet, SyntheticSet } from "../../images/types.ts";
import { readers } from "../../lab/node/index.ts";
import { readNetwork } from "../../lab/parts.ts";
import type { ArchitectureName, Network } from "../../nn/index.ts";
import { canonicalJson } from "../../run/index.ts";
import { type SelectMethod, type SelectOptions, select } from "../../select/index.ts";
import { given } from "../flags.ts";
import type { Ui } from "../ui.ts";
import type { Execution } from "./plan.ts";

/** Where distances are taken: pixels, or the features of a network by its name, or with options of its own. */
export type Features = "pixels" | ArchitectureName | FeaturesNetwork;

export interface FeaturesNetwork extends Omit<NetworkChoice, "arch"> {
  readonly arch: ArchitectureName;
}

/** What decides which images are chosen of a prepared set. */
export interface Selection {
  readonly method: SelectMethod;
  readonly ipc: number;
  readonly seed: number;
  /** Default: `convnet`, or what the file of parameters says. */
  readonly features: Features | undefined;
  /** Path of a trained network's parameters. */
  readonly parameters: string | undefined;
}

type Images = Pick<PreparedSet, "shape" | "classNames">;

export async function choose(
  set: PreparedSet,
  { method, ipc, seed, features, parameters }: Selection,
  execution: Execution,
  { reporter }: Ui,
): Promise<SyntheticSet> {
  const seen = await seenBy(set, features, parameters);
  const engine = await createEngine(given(execution, ["workers", "device"]));
  try {
    return await select(set, {
      ...{ method, ipc, seed, ...seen, engine },
      onProgress: ({ stage, done }) => reporter.progress({ stage, done, total: 1 }),
    });
  } finally {
    reporter.end();
    await engine.close();
  }
}

async function seenBy(
  images: Images,
  features: Features | undefined,
  path: string | undefined,
): Promise<Pick<SelectOptions, "features" | "parameters">> {
  if (path !== undefined) {
    const { shape, classNames } = images;
    const { network, parameters } = await readNetwork(path, { shape, classNames, ...choiceOf(features) }, readers);
    return { features: network, parameters };
  }
  if (features === undefined || typeof features === "string") return features === undefined ? {} : { features };
  return { features: networkOf(images, features) };
}

/**
 * The features as a record's name says them, which is the same where the networks are: by name alone where all else is as it
 * is by default.
 *
 * @throws DatadamError `INVALID_OPTION` where the network does not fit the images
 */
export function featuresKey(images: Images, features: Features = "convnet"): unknown {
  if (typeof features === "string") return features;
  const { name, options } = networkOf(images, features);
  const usual = networkOf(images, { arch: features.arch }).options;
  const own = Object.entries(options).filter(([key, value]) => canonicalJson(value) !== canonicalJson(usual[key]));
  return own.length === 0 ? name : { arch: name, ...Object.fromEntries(own) };
}

function networkOf({ shape, classNames }: Images, choice: NetworkChoice): Network {
  return networkFor({ shape, classNames, provenance: {} }, choice);
}

function choiceOf(features: Features | undefined): Partial<FeaturesNetwork> {
  if (features === undefined || features === "pixels") return {};
  return typeof features === "string" ? { arch: features } : features;
}
