// The methods by name. A new one is a file here and a line below (and its name in the configuration).

import type { MethodName } from "../config/index.ts";
import type { MakeMethod } from "../method.ts";
import { datadam } from "./datadam.ts";
import { dm } from "./dm.ts";
import { gradientMatching } from "./gradientMatching.ts";

export const methods: Readonly<Record<MethodName, MakeMethod>> = {
  datadam,
  dm,
  // The siamese augmentation that makes DSA of DC is the loop's, for every method.
  dc: gradientMatching,
  dsa: gradientMatching,
};
