// A snapshot of a trained network: its parameters and its accuracy, as a file of a bank.

import { DatadamError } from "../../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/index.ts";
import type { Arrays, Network } from "../../nn/index.ts";
import { canonicalJson, PARAMETERS_FORMAT } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { sha256 } from "../folder/hash.ts";
import { type BankRecord, snapshotFile, snapshotOf, type Training } from "./record.ts";

/** A snapshot as it is read. */
export interface Snapshot {
  readonly parameters: Readonly<Record<string, Float32Array>>;
  /** On some training images, 0 to 1. */
  readonly accuracy: number;
}

/** Also a file of parameters as `train` writes it, and others read. */
export async function encodeSnapshot(
  { network: { name, ...options } }: BankRecord,
  network: Network,
  arrays: Arrays,
  accuracy: number,
): Promise<Uint8Array> {
  const entries = network.parameters.map(({ name: parameter }) => {
    const { shape, data } = arrays[parameter]!;
    return [parameter, { dtype: "F32" as const, shape: [...shape], data }] as const;
  });
  // Of one length, so that all snapshots of a bank take as many bytes.
  const share = accuracy.toFixed(6);
  return encodeSafetensors(Object.fromEntries(entries), {
    format: PARAMETERS_FORMAT,
    network: canonicalJson({ name, ...options }),
    accuracy: share,
    checksum: await sha256(...entries.map(([, { data }]) => data), share),
  });
}

/** @param path for messages. @throws DatadamError INVALID_DATA where it is missing, damaged or of another network */
export async function decodeSnapshot(bytes: Uint8Array | undefined, network: Network, path: string): Promise<Snapshot> {
  const fail = (why: string): never => {
    throw new DatadamError("INVALID_DATA", `${path} ${why}`, {
      hint: "Make the bank again by the same command: only what is missing is computed.",
    });
  };
  if (bytes === undefined) return fail("is missing");
  const { tensors, metadata } = await (async () => decodeSafetensors(bytes))().catch((cause: unknown) =>
    fail(`is damaged: ${(cause as Error).message}`),
  );
  const arrays = network.parameters.map(({ name, shape }) => {
    const found = tensors[name];
    const fits = found?.data instanceof Float32Array && found.shape.join() === shape.join();
    return [name, fits ? (found.data as Float32Array) : fail(`does not hold ${name} of ${network.name}`)] as const;
  });
  const { accuracy = "" } = metadata;
  if ((await sha256(...arrays.map(([, data]) => data), accuracy)) !== metadata.checksum) return fail("is damaged");
  return { parameters: Object.fromEntries(arrays), accuracy: Number(accuracy) };
}

/** Reads the snapshot that network `number` (from 1) of the family is. @throws DatadamError INVALID_DATA */
export async function readSnapshot(
  storage: Storage,
  network: Network,
  training: Training,
  number: number,
): Promise<Snapshot> {
  const { network: trained, epoch } = snapshotOf(training, number);
  const path = snapshotFile(trained, epoch);
  return decodeSnapshot(await storage.read(path), network, `${storage.name}/${path}`);
}
