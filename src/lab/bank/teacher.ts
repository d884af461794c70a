// Who gives soft labels: a trained network of a file, or the most trained one of a bank.

import { DatadamError } from "../../errors.ts";
import { type SyntheticSet, samePreprocessing } from "../../images/index.ts";
import type { NetworkContext } from "../../nn/index.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { RECORD_FILE } from "../folder/folder.ts";
import { readRunRecord } from "../folder/record.ts";
import { readNetwork, type TrainedNetwork } from "../inputs/parameters.ts";
import type { Context } from "../types.ts";
import { openBank } from "./bank.ts";
import { mostTrained } from "./features.ts";
import { isBankRecord } from "./record.ts";

type Tools = Pick<Context, "readers" | "warn">;

/** Whether a folder holds a bank. */
async function holdsBank(storage: Storage): Promise<boolean> {
  return isBankRecord(await jsonOf(storage, RECORD_FILE).catch(() => undefined));
}

/**
 * @param path of a file of parameters, or of a bank.
 * @throws DatadamError INVALID_OPTION for a bank without trained networks, or of images in another space; INVALID_DATA,
 *   IO
 */
export async function readTeacher(
  path: string,
  set: SyntheticSet,
  network: Omit<NetworkContext, "shape" | "classNames">,
  { readers }: Pick<Tools, "readers">,
): Promise<TrainedNetwork> {
  const storage = readers.storage(path);
  if (!(await holdsBank(storage))) {
    return readNetwork(path, { shape: set.shape, classNames: set.classNames, ...network }, readers);
  }
  const bank = await openBank(storage);
  if (!samePreprocessing(bank.preprocessing, set.preprocessing)) {
    throw new DatadamError(
      "INVALID_OPTION",
      `${storage.name}: its networks saw images in another space than the set's`,
      {
        hint: "Normalisation and whitening (zca) have to be the same: take a bank of the set's own data and zca.",
      },
    );
  }
  return mostTrained(bank);
}

/**
 * The most trained network of the bank that a run was distilled from; undefined, with a warning, where there is none.
 *
 * @param run undefined for the set of a file.
 */
export async function teacherOfRun(
  run: Storage | undefined,
  set: SyntheticSet,
  tools: Tools,
): Promise<TrainedNetwork | undefined> {
  const bank = run && (await readRunRecord(run)).bank;
  const hard = "the random row has hard labels";
  if (bank === undefined) {
    tools.warn(`${hard}: who made the stored soft ones is not known`);
    return undefined;
  }
  const storage = tools.readers.storage(bank.path);
  if ((await holdsBank(storage)) && (await openBank(storage)).id === bank.id) {
    return readTeacher(bank.path, set, {}, tools);
  }
  tools.warn(`${hard}: the bank that the run was distilled from is no longer at ${bank.path}`);
  return undefined;
}
