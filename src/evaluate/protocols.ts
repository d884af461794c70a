// Training protocols of the field, as data.

import { DatadamError } from "../errors.ts";
import type { Protocol } from "./types.ts";

const SGD = { lr: 0.01, momentum: 0.9, weightDecay: 5e-4, milestones: [0.5], decay: 0.1, augment: "auto" } as const;

/** Protocols by name. All: SGD, hard labels, DSA drawn per image, learning rate times 0.1 (and momentum reset) at half. */
export const protocols: Readonly<Record<"official" | "dm" | "quick", Protocol>> = {
  /** DataDAM's released code: 1800 epochs of batches of 64. */
  official: { name: "official", epochs: 1800, batch: 64, ...SGD },
  /** DM (Zhao & Bilen 2023), which most tables follow: 1000 epochs of batches of 256. */
  dm: { name: "dm", epochs: 1000, batch: 256, ...SGD },
  /** For a CPU: 300 epochs of batches of 64. `docs/evaluation.md` says how far its numbers are from `dm`'s. */
  quick: { name: "quick", epochs: 300, batch: 64, ...SGD },
};

/**
 * @throws DatadamError `INVALID_OPTION` for an unknown name or values out of range.
 */
export function resolveProtocol(protocol: string | Protocol): Protocol {
  if (typeof protocol === "string") {
    const known = (protocols as Readonly<Record<string, Protocol>>)[protocol];
    if (known !== undefined) return known;
    throw new DatadamError("INVALID_OPTION", `unknown protocol "${protocol}"`, {
      hint: `Known: ${Object.keys(protocols).join(", ")}.`,
    });
  }
  const { epochs, batch, lr } = protocol;
  if (!(Number.isInteger(epochs) && epochs >= 1 && Number.isInteger(batch) && batch >= 1 && lr > 0)) {
    throw new DatadamError(
      "INVALID_OPTION",
      `protocol ${protocol.name}: epochs, batch and lr must be positive, got ${epochs}, ${batch}, ${lr}`,
    );
  }
  return protocol;
}

/** Learning rate of an epoch (0-based), and whether it is the first at that rate. */
export function learningRate(
  { lr, epochs, milestones, decay }: Protocol,
  epoch: number,
): { rate: number; fresh: boolean } {
  const starts = milestones.map((fraction) => Math.floor(epochs * fraction));
  const passed = starts.filter((start) => epoch >= start).length;
  return { rate: lr * decay ** passed, fresh: starts.includes(epoch) };
}
