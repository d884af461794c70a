// Which augmentations are in play: the strategy strings of the DSA family, parsed.

import { DatadamError } from "../errors.ts";
import { AUGMENT_OPERATIONS, type AugmentOperation, operations } from "./registry.ts";

/** The operations of differentiable siamese augmentation (Zhao and Bilen, ICML 2021), in the family's order. */
const DSA: readonly AugmentOperation[] = ["color", "crop", "cutout", "flip", "scale", "rotate"];

/** The strategy of differentiable siamese augmentation. */
export const DSA_STRATEGY = DSA.join("_");

/**
 * The strategy that `"auto"` stands for: {@link DSA_STRATEGY}.
 *
 * @param flippable whether a mirrored image keeps its class; where not, operations that mirror are left out.
 */
export function autoStrategy(flippable: boolean): string {
  return flippable ? DSA_STRATEGY : withoutMirrors(DSA_STRATEGY);
}

/** A strategy without the operations that mirror images; `"none"` where no other is left. */
export function withoutMirrors(strategy: string): string {
  const kept = parsePolicy(strategy, "all").operations.filter((operation) => !operations[operation].mirrors);
  return kept.join("_") || "none";
}

/** How operations combine: one drawn per call, or all in turn in the policy's order. */
export type AugmentMode = "one" | "all";

/** Operations and how to combine them. No operations: images stay as they are. */
export interface AugmentPolicy {
  readonly operations: readonly AugmentOperation[];
  readonly mode: AugmentMode;
}

/**
 * Parses a strategy: operation names joined by `_`, e.g. `"color_crop_cutout_flip_scale_rotate"`, or `"none"`.
 * @throws DatadamError INVALID_OPTION for unknown or repeated names, and for an unknown mode
 */
export function parsePolicy(strategy: string, mode: AugmentMode): AugmentPolicy {
  if (mode !== "one" && mode !== "all") {
    throw new DatadamError("INVALID_OPTION", `Unknown augmentation mode ${JSON.stringify(mode)}.`, {
      hint: 'Use "one" (one operation drawn per batch) or "all" (every operation in turn).',
    });
  }
  if (strategy === "none") return { operations: [], mode };
  const names = strategy.split("_");
  const unknown = names.filter((name) => !isOperation(name));
  if (unknown.length > 0) {
    const list = unknown.map((name) => JSON.stringify(name)).join(", ");
    throw new DatadamError(
      "INVALID_OPTION",
      `Unknown augmentation ${list} in the strategy ${JSON.stringify(strategy)}. ` +
        `Known: ${AUGMENT_OPERATIONS.join(", ")}.`,
      { hint: 'Join names with "_", for instance "color_crop_flip", or use "none".' },
    );
  }
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `The augmentation ${JSON.stringify(repeated)} comes twice in the strategy ${JSON.stringify(strategy)}.`,
      { hint: "Name each operation once." },
    );
  }
  return { operations: names.filter(isOperation), mode };
}

function isOperation(name: string): name is AugmentOperation {
  return (AUGMENT_OPERATIONS as readonly string[]).includes(name);
}
