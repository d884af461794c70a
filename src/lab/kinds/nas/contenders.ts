// The sets of an architecture search: what candidates are trained on, and what they are tested on.

import { DatadamError } from "../../../errors.ts";
import { assertSameImages, randomSubset, takeImages } from "../../../images/index.ts";
import type { ImageSet, PreparedSet, Preprocessing, SyntheticSet } from "../../../images/types.ts";
import { type SearchProxy, type Split, setProxy, streamProxy } from "../../../nas/index.ts";
import type { Key } from "../../../random/index.ts";
import { canonicalJson } from "../../../run/portable.ts";
import { DISTANCE_METHODS, select } from "../../../select/index.ts";
import type { Protocol } from "../../../train/types.ts";
import { sha256 } from "../../folder/hash.ts";
import { prepareSet } from "../../inputs/prepare.ts";
import { readSetAt, setHash } from "../../inputs/sets.ts";
import type { Context, Readers } from "../../types.ts";
import type { NasJob } from "./job.ts";

/** A proxy with what it is validated on. */
export interface Contender {
  readonly name: string;
  /** With other epochs than the job's, for the rungs of successive halving. */
  readonly proxyWith: (epochs?: number) => SearchProxy;
  readonly validation: PreparedSet;
  /** Of the set of a run. */
  readonly preprocessing: Preprocessing | undefined;
}

/** What contenders are made from. */
export interface Sources {
  readonly train: ImageSet;
  readonly split: Split;
  readonly protocol: Protocol;
  readonly key: Key;
}

type Selector = (set: PreparedSet, ipc: number, context: Context<NasJob>) => SyntheticSet | Promise<SyntheticSet>;

/** Ways to choose `ipc` real images a class. */
const SELECTORS: Readonly<Record<string, Selector>> = {
  random: (set, ipc, { job }) => randomSubset(set, ipc, job.seed),
  ...Object.fromEntries(
    DISTANCE_METHODS.map((method): [string, Selector] => [
      method,
      async (set, ipc, { job, signal, engine }) =>
        select(set, { method, ipc, seed: job.seed, signal, engine: await engine() }),
    ]),
  ),
};

const EARLY = "early-stopping";

/** Proxies that are not the set of a run. */
const WORDS: readonly string[] = [...Object.keys(SELECTORS), EARLY];

/** The sets of the runs among the proxies, by path. @throws DatadamError INVALID_OPTION where one is not there */
export async function readRuns(names: readonly string[], readers: Readers): Promise<Map<string, SyntheticSet>> {
  const runs = new Map<string, SyntheticSet>();
  for (const path of names) if (!WORDS.includes(path)) runs.set(path, await readRun(path, readers));
  return runs;
}

async function readRun(path: string, readers: Readers): Promise<SyntheticSet> {
  try {
    return await readSetAt(path, readers);
  } catch (error) {
    if (!(error instanceof DatadamError && error.code === "RUN_NOT_FOUND")) throw error;
    throw new DatadamError("INVALID_OPTION", `proxy ${path}: ${error.message}`, {
      hint: `Give the folder of a finished run, or one of ${[...WORDS, "whole"].join(", ")}.`,
    });
  }
}

/** What proxies are called by and as large as. */
export interface ProxyFacts {
  /** Images a class of those that are not runs. */
  readonly perClass: number;
  readonly classes: number;
  /** Tag of the space of real images. */
  readonly space: string;
}

/** Facts of all proxies. @throws DatadamError INVALID_DATA, INVALID_OPTION where a run is of other images */
export async function proxyFacts(
  train: ImageSet,
  runs: ReadonlyMap<string, SyntheticSet>,
  { ipc }: Pick<NasJob, "ipc">,
): Promise<ProxyFacts> {
  const hint = "The proxy must be of the same data set: the same classes, `size` and `channels`.";
  for (const [path, run] of runs) assertSameImages(run, path, train, { shape: hint, classes: hint });
  const [first] = runs.values();
  const classes = train.classNames.length;
  const perClass = ipc ?? (first === undefined ? 10 : Math.round(first.labels.length / classes));
  return { perClass, classes, space: first === undefined ? "" : await spaceTag(first.preprocessing, train) };
}

/** What the results of a proxy are kept by: another set under the same name must not find them. */
export async function keptName(path: string, run: SyntheticSet | undefined, facts: ProxyFacts): Promise<string> {
  const { perClass, classes, space } = facts;
  if (run !== undefined) return `${nameOf(path)}@${(await setHash(run)).slice(0, 8)}`;
  return path === EARLY ? `${EARLY}-${perClass * classes}${space}` : `${path}-ipc${perClass}${space}`;
}

/** The proxies of a job in its order. */
export async function loadContenders(
  { train, split, protocol, key }: Sources,
  runs: ReadonlyMap<string, SyntheticSet>,
  context: Context<NasJob>,
): Promise<Contender[]> {
  const { job } = context;
  const facts = await proxyFacts(train, runs, job);
  const { perClass, classes } = facts;
  const first = [...runs.values()][0];
  const prepareAs = (preprocessing: Preprocessing | undefined, part: ImageSet): Promise<PreparedSet> =>
    prepareSet(part, { zca: false, zcaEps: 0.1 }, context, preprocessing);
  const validations = new Map<Preprocessing | undefined, Promise<PreparedSet>>();
  const validationAs = (preprocessing: Preprocessing | undefined): Promise<PreparedSet> => {
    const prepared = validations.get(preprocessing) ?? prepareAs(preprocessing, takeImages(train, split.validation));
    validations.set(preprocessing, prepared);
    return prepared;
  };
  let pool: PreparedSet | undefined;
  const contenders: Contender[] = [];
  for (const path of job.proxies) {
    const run = runs.get(path);
    const preprocessing = run?.preprocessing ?? first?.preprocessing;
    const validation = await validationAs(preprocessing);
    const withEpochs = (epochs: number = protocol.epochs): Protocol => ({ ...protocol, epochs });
    const add = (name: string, proxyWith: (protocol: Protocol) => SearchProxy): void => {
      if (contenders.some((other) => other.name === name)) {
        throw new DatadamError("INVALID_OPTION", `two proxies are called ${name}`, {
          hint: "Rename one of the folders.",
        });
      }
      const recorded = run?.preprocessing;
      contenders.push({
        name,
        validation,
        preprocessing: recorded,
        proxyWith: (epochs) => proxyWith(withEpochs(epochs)),
      });
    };
    const kept = await keptName(path, run, facts);
    if (run !== undefined) {
      add(nameOf(path), (proxyProtocol) => setProxy(kept, run, proxyProtocol));
      continue;
    }
    pool ??= await prepareAs(first?.preprocessing, takeImages(train, split.training));
    const choose = SELECTORS[path];
    if (choose !== undefined) {
      const set = await choose(pool, perClass, context);
      add(path, (proxyProtocol) => setProxy(kept, set, proxyProtocol));
    } else {
      const stream = pool;
      add(EARLY, (proxyProtocol) => streamProxy(kept, stream, perClass * classes, proxyProtocol, key.fold(EARLY)));
    }
  }
  return contenders;
}

/** Prepares real images as the first run's set is. */
export function preparePart(
  contenders: readonly Contender[],
  context: Context<NasJob>,
): (part: ImageSet) => Promise<PreparedSet> {
  const preprocessing = contenders.find((one) => one.preprocessing !== undefined)?.preprocessing;
  return (part) => prepareSet(part, { zca: false, zcaEps: 0.1 }, context, preprocessing);
}

/**
 * What the name of real images says of how they are prepared, since results are kept by name: nothing where only the
 * set's own normalisation is applied.
 */
export async function spaceTag(preprocessing: Preprocessing, { normalization: usual }: ImageSet): Promise<string> {
  const { normalization, zca } = preprocessing;
  if (zca === undefined && canonicalJson(normalization) === canonicalJson(usual)) return "";
  const whitening = zca === undefined ? [] : [zca.mean, zca.whiten];
  return `@${(await sha256(canonicalJson(normalization), ...whitening)).slice(0, 8)}`;
}

/** The last part of a path, without the ending of a file of ours. */
function nameOf(path: string): string {
  return path
    .replace(/[/\\]+$/, "")
    .replace(/^.*[/\\]/, "")
    .replace(/\.safetensors$/, "");
}
