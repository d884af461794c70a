// Keys that at one value leave everything as it was before they existed: results are known without them.

import type { AnyResolvedConfig } from "./schema.ts";

const NEUTRAL: Readonly<Record<string, unknown>> = {
  networks: 0,
  draws: 1,
  sampling: "independent",
  space: "normalized",
  channelWeight: 0,
  momentsWeight: 0,
  crossEntropy: 0,
};

/** A configuration without such keys at such values, and without those that then have no effect: for identities. */
export function withoutNeutral(config: AnyResolvedConfig): Readonly<Record<string, unknown>> {
  const { crossEntropyFrom, ...rest }: Readonly<Record<string, unknown>> = { ...config };
  const effective = rest.crossEntropy === 0 || crossEntropyFrom === undefined ? rest : { ...rest, crossEntropyFrom };
  return Object.fromEntries(
    Object.entries(effective).filter(([key, value]) => !(Object.hasOwn(NEUTRAL, key) && NEUTRAL[key] === value)),
  );
}
