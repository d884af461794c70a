// The jobs that a unit of a table is made of, where each works, and what it reads with.

import { networkKeys } from "../../nn/index.ts";
import { SYNTHETIC_FILE } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { EVALUATIONS } from "../folder/results.ts";
import { defined } from "../inputs/load.ts";
import type { DistillJob } from "../kinds/distill/job.ts";
import type { JobValue, Readers } from "../types.ts";
import { pathFrom } from "./place.ts";
import type { Sources } from "./sources.ts";
import type { Identity, Unit } from "./types.ts";

/** Folder of the banks in the workplace of a table: rows share them. */
const BANKS = "banks";
/** Hexadecimal digits of a name. */
const DIGITS = 16;

/** Where a table works. */
interface Place {
  readonly storage: Storage;
  readonly sources: Sources;
}

type Value = Readonly<Record<string, unknown>> & { readonly kind: string };

/** The folder of a unit's set, in the workplace. */
export function setFolder({ run }: Unit, { setKey }: Identity): string {
  return run ?? setKey.slice(0, DIGITS);
}

/** The folder of its evaluation, in that of the set. @param first number of the first network */
export function evaluationFolder({ networks }: Unit, { key }: Identity, first: number): string {
  return `${EVALUATIONS}/${key.slice(0, DIGITS)}-${first}-${networks - first}`;
}

/** The folder of the training of a row of all images, in that of the set. */
export function trainingFolder({ key }: Identity): string {
  return key.slice(0, DIGITS);
}

/** The job that makes a set. One that trains networks first keeps them beside those of other rows. */
export function setJob(job: JobValue, { storage }: Pick<Place, "storage">): JobValue {
  const { bank } = job as DistillJob;
  if (typeof bank !== "object") return job;
  return { ...job, bank: { ...bank, within: `${storage.name}/${BANKS}` } } as DistillJob;
}

/** Readers that find banks in the workplace, also where that is no folder of the disk. */
export function withBanks({ storage, sources: { readers } }: Place): Readers {
  const banks = `${storage.name}/${BANKS}/`;
  return {
    ...readers,
    storage: (path) =>
      path.startsWith(banks) ? storage.at(BANKS).at(path.slice(banks.length)) : readers.storage(path),
  };
}

/** The job that evaluates the networks of a set that are not recorded. */
export function evaluationJob(
  { subject, protocol, seed, source, networks }: Unit,
  identity: Identity,
  more: { readonly path: string; readonly first: number; readonly foreign: boolean; readonly execution: unknown },
): Value {
  const { path, first, foreign, execution } = more;
  return {
    kind: "evaluate",
    set: path,
    data: source,
    ...(subject.kind === "file" && foreign && defined({ space: subject.space })),
    ...{ networks: networks - first, first, protocol, seed },
    network: choiceOf(identity),
    random: false,
    execution,
  };
}

/** The job that trains one network on all images. */
export function trainingJob({ source }: Unit, identity: Identity, execution: unknown): Value {
  const { protocol, seed } = identity.evaluation;
  const { name, epochs, batch } = protocol;
  return {
    kind: "train",
    data: source,
    network: choiceOf(identity),
    protocol: { name, epochs, batch },
    zca: identity.set.zca === true,
    seed,
    execution,
  };
}

/** Readers that find a set where it was made, also where that is no folder of the disk. */
export function withSet(set: Storage, readers: Readers): Readers {
  return {
    ...readers,
    storage: (path) => (path === set.name ? set : readers.storage(path)),
    file: (path) => (path === pathFrom(set.name, SYNTHETIC_FILE) ? set.read(SYNTHETIC_FILE) : readers.file(path)),
  };
}

/** The network of an identity, as a job names it. */
function choiceOf({ evaluation }: Identity): Readonly<Record<string, unknown>> {
  const { network } = evaluation;
  return { arch: network.name, ...defined(Object.fromEntries(networkKeys.map((key) => [key, network[key]]))) };
}
