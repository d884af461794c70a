// The sets of an architecture search: what candidates are trained on, and what they are tested on.

import { basename } from "node:path";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { assertSameImages, classIndices, randomSubset, takeImages } from "../../images/index.ts";
import type { ImageSet, PreparedSet, Preprocessing, SyntheticSet } from "../../images/types.ts";
import { type SearchProxy, setProxy, streamProxy } from "../../nas/index.ts";
import type { Key } from "../../random/index.ts";
import { canonicalJson, checksum, readSyntheticSet, setHash, spaceParts } from "../../run/index.ts";
import { select } from "../../select/index.ts";
import type { Protocol } from "../../train/types.ts";
import { given } from "../flags.ts";
import { prepareSource } from "../prepare.ts";
import type { Ui } from "../ui.ts";

/** A proxy with what it is validated on. */
export interface Contender {
  readonly name: string;
  /** With other epochs than asked for, for the rungs of successive halving. */
  readonly proxyWith: (epochs?: number) => SearchProxy;
  readonly validation: PreparedSet;
  /** Of the set of a run. */
  readonly preprocessing: Preprocessing | undefined;
}

export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/** Images of each class drawn at random and held out: `share` of them, at most `most` in all. */
export function splitValidation(train: ImageSet, share: number, most: number | undefined, key: Key): Split {
  const { classNames } = train;
  const perClass = most === undefined ? Number.POSITIVE_INFINITY : Math.ceil(most / classNames.length);
  const validation = classIndices(train.labels, classNames.length).flatMap((members, c) => {
    if (members.length < 2) {
      throw new DatadamError(
        "INVALID_DATA",
        `class "${classNames[c]}" of ${train.name} has too few images to hold some out`,
      );
    }
    const held = Math.min(members.length - 1, Math.max(1, Math.round(share * members.length)), perClass);
    return Array.from(key.fold(c).stream().sample(members.length, held), (pick) => members[pick]!);
  });
  const out = new Set(validation);
  return {
    training: Uint32Array.from({ length: train.count }, (_, i) => i).filter((i) => !out.has(i)),
    validation: Uint32Array.from(validation).sort(),
  };
}

export interface SetOptions {
  readonly train: ImageSet;
  readonly split: Split;
  readonly seed: number;
  readonly ipc: number | undefined;
  readonly protocol: Protocol;
  readonly key: Key;
}

interface Workers {
  readonly workers?: number;
  readonly device?: Device;
}

type Selector = (set: PreparedSet, ipc: number, seed: number) => SyntheticSet | Promise<SyntheticSet>;

/** Ways to choose `ipc` real images a class. */
const SELECTORS: Readonly<Record<string, Selector>> = {
  random: randomSubset,
  ...Object.fromEntries(
    (["herding", "k-center", "k-means"] as const).map((method): [string, Selector] => [
      method,
      (set, ipc, seed) => select(set, { method, ipc, seed }),
    ]),
  ),
};

const EARLY = "early-stopping";

/** @throws DatadamError `INVALID_OPTION` for a proxy that is neither a known word nor a run. */
export async function loadContenders(
  names: readonly string[],
  { train, split, seed, ipc, protocol, key }: SetOptions,
  ui: Ui,
  workers: Workers,
): Promise<Contender[]> {
  const words = [...Object.keys(SELECTORS), EARLY];
  const runs = new Map(
    names.filter((name) => !words.includes(name)).map((name) => [name, readRun(name, words, train)]),
  );
  const first = [...runs.values()][0];
  const perClass = ipc ?? (first === undefined ? 10 : Math.round(first.labels.length / train.classNames.length));
  const prepareAs = (preprocessing: Preprocessing | undefined, part: ImageSet): Promise<PreparedSet> =>
    prepareSource(part, { zca: false, zcaEps: 0.1 }, ui, given(workers, ["workers"]), preprocessing);
  const validations = new Map<Preprocessing | undefined, Promise<PreparedSet>>();
  const validationAs = (preprocessing: Preprocessing | undefined): Promise<PreparedSet> => {
    const prepared = validations.get(preprocessing) ?? prepareAs(preprocessing, takeImages(train, split.validation));
    validations.set(preprocessing, prepared);
    return prepared;
  };
  let pool: PreparedSet | undefined;
  const space = first === undefined ? "" : spaceTag(first.preprocessing, train);
  const contenders: Contender[] = [];
  for (const path of names) {
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
      const own = run?.preprocessing;
      contenders.push({ name, validation, preprocessing: own, proxyWith: (epochs) => proxyWith(withEpochs(epochs)) });
    };
    if (run !== undefined) {
      // Results are kept by name: another set under the same name must not find them.
      const id = setHash(run).slice(0, 8);
      const name = basename(path).replace(/\.safetensors$/, "");
      add(name, (own) => setProxy(`${name}@${id}`, run, own));
      continue;
    }
    pool ??= await prepareAs(first?.preprocessing, takeImages(train, split.training));
    const select = SELECTORS[path];
    if (select !== undefined) {
      const set = await select(pool, perClass, seed);
      add(path, (own) => setProxy(`${path}-ipc${perClass}${space}`, set, own));
    } else {
      const count = perClass * train.classNames.length;
      const stream = pool;
      add(EARLY, (own) => streamProxy(`${EARLY}-${count}${space}`, stream, count, own, key.fold(EARLY)));
    }
  }
  return contenders;
}

/** Prepares real images as the first run's set is. */
export function preparePart(
  contenders: readonly Contender[],
  ui: Ui,
  workers: Workers,
): (part: ImageSet) => Promise<PreparedSet> {
  const preprocessing = contenders.find((one) => one.preprocessing !== undefined)?.preprocessing;
  return (part) => prepareSource(part, { zca: false, zcaEps: 0.1 }, ui, given(workers, ["workers"]), preprocessing);
}

/**
 * What the name of real images says of how they are prepared, since results are kept by name: nothing where only the set's own
 * normalisation is applied.
 */
export function spaceTag(preprocessing: Preprocessing, { normalization: own }: ImageSet): string {
  const { normalization, zca } = preprocessing;
  if (zca === undefined && canonicalJson(normalization) === canonicalJson(own)) return "";
  return `@${checksum(...spaceParts(preprocessing)).slice(0, 8)}`;
}

function readRun(path: string, words: readonly string[], train: ImageSet): SyntheticSet {
  let set: SyntheticSet;
  try {
    set = readSyntheticSet(path);
  } catch (error) {
    if (!(error instanceof DatadamError && error.code === "RUN_NOT_FOUND")) throw error;
    throw new DatadamError("INVALID_OPTION", `proxy ${path}: ${error.message}`, {
      hint: `Give the folder of a finished run, or one of ${[...words, "whole"].join(", ")}.`,
    });
  }
  const hint = "The proxy must be of the same data set: the same classes, --size and --channels.";
  assertSameImages(set, path, train, { shape: hint, classes: hint });
  return set;
}
