// The most trained network of a bank: images are compared in its features, and it gives soft labels.

import type { Family } from "../../distill/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Arrays, Network } from "../../nn/index.ts";
import type { Storage } from "../../storage/index.ts";
import { sha256 } from "../folder/hash.ts";
import type { TrainedNetwork } from "../inputs/parameters.ts";
import { type BankRecord, snapshotFile, type Training } from "./record.ts";
import { readSnapshot } from "./snapshots.ts";

/** What of a bank the networks follow from. */
interface Networks {
  readonly storage: Storage;
  readonly record: BankRecord;
  readonly network: Network;
}

/**
 * What reads the most trained network: the last snapshot of the first training. Undefined where the bank has none. With
 * batch norm its features would need running statistics, which snapshots lack.
 */
export function featuresOf({ storage, record: { training }, network }: Networks): Family["features"] {
  if (training === null || network.usesBatchStatistics) return undefined;
  return () => readMostTrained(storage, network, training);
}

/** That network with its parameters. @throws DatadamError INVALID_OPTION for a bank that has none; INVALID_DATA */
export async function mostTrained({ storage, record: { training }, network }: Networks): Promise<TrainedNetwork> {
  const refuse = (why: string, hint: string): never => {
    throw new DatadamError("INVALID_OPTION", `${storage.name} has no trained network to take: ${why}`, { hint });
  };
  if (training === null) {
    return refuse("its networks are random", "Give a bank of trained networks, or leave the bank out.");
  }
  if (network.usesBatchStatistics) {
    const hint = "Use a bank with norm instance, or the `parameters` of a trained network.";
    return refuse("of batch norm it keeps no running statistics", hint);
  }
  const parameters = await readMostTrained(storage, network, training);
  const file = await storage.read(snapshotFile(1, training.snapshots.at(-1)!));
  return { network, parameters, sha256: await sha256(file!) };
}

async function readMostTrained(storage: Storage, network: Network, training: Training): Promise<Arrays> {
  const { parameters } = await readSnapshot(storage, network, training, training.snapshots.length);
  return Object.fromEntries(network.parameters.map(({ name, shape }) => [name, { shape, data: parameters[name]! }]));
}
