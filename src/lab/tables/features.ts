// The features that a selection of a table compares images by, as the names of records have them.

import { networkFor } from "../../evaluate/index.ts";
import type { PreparedSet } from "../../images/index.ts";
import type { Network } from "../../nn/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import type { Features, NetworkChoice } from "./types.ts";

type Images = Pick<PreparedSet, "shape" | "classNames">;

/**
 * The features as a record's name has them, which is the same where the networks are: by name alone where all else is
 * the default.
 *
 * @throws DatadamError `INVALID_OPTION` where the network does not fit the images
 */
export function featuresKey(images: Images, features: Features = "convnet"): unknown {
  if (typeof features === "string") return features;
  const { name, options } = networkOf(images, features);
  const usual = networkOf(images, { arch: features.arch }).options;
  const changed = Object.entries(options).filter(([key, value]) => canonicalJson(value) !== canonicalJson(usual[key]));
  return changed.length === 0 ? name : { arch: name, ...Object.fromEntries(changed) };
}

function networkOf({ shape, classNames }: Images, choice: NetworkChoice): Network {
  return networkFor({ shape, classNames, provenance: {} }, choice);
}
