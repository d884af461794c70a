// The parameters of a trained network as a file of a bank.

import { DatadamError } from "../../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/index.ts";
import type { Arrays, Network } from "../../nn/index.ts";
import { canonicalJson, PARAMETERS_FORMAT } from "../../run/portable.ts";
import { sha256 } from "../folder/hash.ts";
import type { BankRecord } from "./record.ts";

/** Also a file of parameters as `train` writes it, and others read. */
export async function encodeParameters(
  { network: { name, ...options } }: BankRecord,
  network: Network,
  arrays: Arrays,
): Promise<Uint8Array> {
  const entries = network.parameters.map(({ name: parameter }) => {
    const { shape, data } = arrays[parameter]!;
    return [parameter, { dtype: "F32" as const, shape: [...shape], data }] as const;
  });
  return encodeSafetensors(Object.fromEntries(entries), {
    format: PARAMETERS_FORMAT,
    network: canonicalJson({ name, ...options }),
    checksum: await sha256(...entries.map(([, { data }]) => data)),
  });
}

/** @param path for messages. @throws DatadamError INVALID_DATA where it is missing, damaged or of another network */
export async function decodeParameters(
  bytes: Uint8Array | undefined,
  network: Network,
  path: string,
): Promise<Readonly<Record<string, Float32Array>>> {
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
  if ((await sha256(...arrays.map(([, data]) => data))) !== metadata.checksum) return fail("is damaged");
  return Object.fromEntries(arrays);
}
