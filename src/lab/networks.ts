// The networks that a job names: one row each.

import { DatadamError } from "../errors.ts";
import { planNetworks as plan } from "../evaluate/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import type { NetworkChoice, Norm } from "../nn/index.ts";

export { networkTitle as titleOf } from "../evaluate/index.ts";

export interface NetworkNames {
  readonly arch?: readonly string[];
  readonly pool?: string;
  readonly norm?: readonly Norm[];
}

/** What the library plans, in the words of the command line. @throws DatadamError INVALID_OPTION */
export function planNetworks(
  set: SyntheticSet,
  { arch, pool, norm }: NetworkNames,
  fallback?: Norm,
  warn: (message: string) => void = () => {},
): NetworkChoice[] {
  if (arch !== undefined && pool !== undefined) {
    throw new DatadamError("INVALID_OPTION", "`arch` and `pool` both name networks", { hint: "Give one of them." });
  }
  return plan(set, { arch, pool, norm }, fallback, warn);
}
