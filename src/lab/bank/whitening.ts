// The whitening that a bank was made under, as a file of it that its record names by hash.

import { DatadamError } from "../../errors.ts";
import type { Preprocessing } from "../../images/index.ts";
import { decodePreprocessing, encodePreprocessing, PREPROCESSING_FILE } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { sha256 } from "../folder/hash.ts";
import type { BankRecord } from "./record.ts";

/** Writes it. @returns the hash of the file; undefined where nothing is whitened */
export async function keepWhitening(storage: Storage, preprocessing: Preprocessing): Promise<string | undefined> {
  if (preprocessing.zca === undefined) return undefined;
  const bytes = encodePreprocessing(preprocessing);
  await storage.write(PREPROCESSING_FILE, bytes);
  return sha256(bytes);
}

/** Undefined where nothing is whitened. @throws DatadamError INVALID_RUN where it is missing or damaged */
export async function readWhitening(
  storage: Storage,
  { zca, whitening }: Pick<BankRecord, "zca" | "whitening">,
): Promise<Preprocessing | undefined> {
  if (zca === false) return undefined;
  const bytes = await storage.read(PREPROCESSING_FILE);
  const whole = bytes !== undefined && (whitening === undefined || (await sha256(bytes)) === whitening);
  if (whole) return decodePreprocessing(bytes, `${storage.name}/${PREPROCESSING_FILE}`);
  const what = bytes === undefined ? "lacks" : "has a damaged file of";
  throw new DatadamError("INVALID_RUN", `${storage.name} ${what} the whitening that its statistics were made under`, {
    hint: "Make the bank again by the same command, or put the original file back.",
  });
}
