// A bank that is read: what it holds, and the family of networks that a distillation visits.

import { type DistillConfig, type ResolvedConfig, resolveConfig } from "../../distill/config/index.ts";
import { type Family, family, randomNetwork } from "../../distill/index.ts";
import { DatadamError } from "../../errors.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "../../images/index.ts";
import { buildNetwork, type Network } from "../../nn/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { RECORD_FILE } from "../folder/folder.ts";
import { missingDraws } from "./contents.ts";
import { featuresOf } from "./features.ts";
import {
  type BankRecord,
  bankId,
  checkBankRecord,
  checkSpecFile,
  drawFile,
  quantitiesOf,
  SPEC_FILE,
  type SpecFile,
  STATISTICS,
} from "./record.ts";
import { readSnapshot, type Snapshot } from "./snapshots.ts";
import { openStatistics, readRows, rowLength, type StatisticsFile, targetsOf } from "./statisticsFile.ts";
import { readWhitening } from "./whitening.ts";

/** Bytes of statistics that are kept once they are read. */
export const KEPT_BYTES = 2 ** 28;

/** Some statistics of a bank. */
export interface StoredStatistics extends SpecFile {
  readonly id: string;
  /** Draws that are there. */
  readonly present: number;
}

/** Statistics that a distillation uses. */
export interface Chosen {
  /** The configuration with what the bank decides: networks, draws, batches. */
  readonly config: ResolvedConfig;
  readonly statistics: string;
  readonly family: Family;
}

/** A bank of networks with the statistics of the real images. */
export interface Bank {
  readonly storage: Storage;
  readonly record: BankRecord;
  /** Content-addressed: equal banks have equal ids. */
  readonly id: string;
  readonly preprocessing: Preprocessing;
  readonly network: Network;
  /** A set without images, for what needs none. */
  readonly facts: PreparedSet & ImageSet;
  readonly stored: readonly StoredStatistics[];
  /**
   * The family for a configuration: `networks` of the bank's networks (0: all) with `draws` draws each (auto: all).
   *
   * @param statistics those that a resumed distillation was begun with, where several fit.
   * @throws DatadamError INVALID_OPTION where the bank is of another data set, network, whitening or augmentation, or
   *   has no such statistics, by name; INVALID_DATA where a file is missing or damaged.
   */
  choose(config: DistillConfig, classes: readonly number[] | null, statistics?: string): Promise<Chosen>;
}

/**
 * Opens a bank.
 *
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN
 */
export async function openBank(storage: Storage): Promise<Bank> {
  const path = `${storage.name}/${RECORD_FILE}`;
  const content = await jsonOf(storage, RECORD_FILE);
  if (content === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No bank in ${storage.name}: there is no ${RECORD_FILE}`, {
      hint: "Make one by a job of the kind bank.",
    });
  }
  const record = checkBankRecord(content, path);
  const { dataset, network: options, flippable } = record;
  const { shape, classNames, name } = dataset;
  const { name: arch, ...rest } = options;
  const preprocessing = (await readWhitening(storage, record)) ?? {
    normalization: record.normalization,
    zca: undefined,
  };
  const id = await bankId(record);
  const stored = await readStored(storage);
  const none = (): never => {
    throw new RangeError(`${name}: a bank holds no images`);
  };
  const facts: PreparedSet & ImageSet = {
    name,
    shape,
    classNames,
    preprocessing,
    flippable,
    count: 0,
    labels: new Uint16Array(0),
    normalization: preprocessing.normalization,
    read: none,
    image: none,
    get pixels() {
      return none();
    },
  };
  const bank = { storage, record, id, preprocessing, network: buildNetwork(arch, rest), facts, stored };
  return { ...bank, choose: (config, classes, statistics) => choose(bank, config, classes, statistics) };
}

/** The statistics of a bank. @throws DatadamError INVALID_RUN */
async function readStored(storage: Storage): Promise<StoredStatistics[]> {
  const stored: StoredStatistics[] = [];
  for (const name of await storage.list(STATISTICS)) {
    const id = name.replace(/\/$/, "");
    const file = `${STATISTICS}/${id}/${SPEC_FILE}`;
    const content = await jsonOf(storage, file);
    if (content === undefined) continue;
    const present = (await storage.list(`${STATISTICS}/${id}`)).filter((other) => /^n\d+\.d\d+\./.test(other)).length;
    stored.push({ id, ...checkSpecFile(content, `${storage.name}/${file}`), present });
  }
  return stored;
}

type Opened = Omit<Bank, "choose">;

async function choose(
  bank: Opened,
  config: DistillConfig,
  classes: readonly number[] | null,
  statistics: string | undefined,
): Promise<Chosen> {
  const { record, facts, network, stored, storage } = bank;
  const resolved = resolveConfig(config, facts);
  assertSame(bank, resolved);
  const quantities = quantitiesOf(resolved);
  const names = Object.keys(quantities);
  const fitting = stored.filter((one) => names.every((key) => one.spec.quantities[key] === quantities[key]));
  const alike = fitting.filter(({ spec }) => {
    return spec.augment === resolved.augment && spec.augmentMode === resolved.augmentMode;
  });
  if (alike.length === 0) throw missingStatistics(bank, resolved, quantities, fitting);
  const known = alike.find(({ id }) => id === statistics);
  const chosen = known ?? pickOf(alike, resolved, quantities, storage.name);
  const networks = resolved.networks === 0 ? chosen.networks : resolved.networks;
  const draws = config.draws === "auto" ? chosen.draws : config.draws;
  const reader = new Statistics(storage, chosen, names);
  const needed = classes ?? facts.classNames.map((_, label) => label);
  await reader.check(networks, draws, needed);
  const trained = await snapshots(bank, networks);
  const settled = {
    ...resolved,
    networks,
    draws,
    batchReal: chosen.spec.images,
    sampling: chosen.spec.sampling as ResolvedConfig["sampling"],
  };
  return {
    config: settled,
    statistics: chosen.id,
    family: family(
      facts.shape,
      { ...settled, seed: record.seed },
      {
        trained: trained !== undefined,
        features: featuresOf(bank),
        parameters: (number) => trained?.[number - 1].parameters ?? randomNetwork(network, record.seed, number),
        accuracy: (number) => trained?.[number - 1].accuracy,
        targets: ({ number, draw }, labels) => reader.targets(number, draw, labels),
      },
    ),
  };
}

/** @throws DatadamError INVALID_OPTION by name */
function assertSame({ record, storage, network }: Opened, config: ResolvedConfig): void {
  const differ = (what: string, there: unknown, given: unknown): void => {
    if (canonicalJson(there) === canonicalJson(given)) return;
    throw new DatadamError(
      "INVALID_OPTION",
      `${storage.name} was made with ${what} ${show(there)}; this distillation has ${what} ${show(given)}`,
      { hint: "Give the value of the bank, or make another bank." },
    );
  };
  const { arch } = config;
  differ("arch", network.name, arch);
  const options: Readonly<Record<string, unknown>> = network.options;
  for (const [key, value] of Object.entries(config as Readonly<Record<string, unknown>>)) {
    if (key in options && key !== "arch") differ(key, options[key], value);
  }
  differ("zca", record.zca !== false, config.zca);
  if (record.zca !== false) differ("zcaEps", record.zca.eps, config.zcaEps);
}

function missingStatistics(
  { stored, storage }: Opened,
  config: ResolvedConfig,
  quantities: Readonly<Record<string, string>>,
  fitting: readonly StoredStatistics[],
): DatadamError {
  const hint = "Add them to the bank by a job of the kind bank in its folder, with the settings of this distillation.";
  const there = fitting[0];
  if (there !== undefined) {
    const key = there.spec.augment === config.augment ? "augmentMode" : "augment";
    return new DatadamError(
      "INVALID_OPTION",
      `${storage.name} has no statistics with ${key} ${config[key]}; those that it has are with ${there.spec[key]}`,
      { hint },
    );
  }
  const known = new Set(stored.flatMap(({ spec }) => Object.values(spec.quantities)));
  const lacking = Object.values(quantities).filter((what) => !known.has(what));
  const lacks = lacking.length === 0 ? "of all of these together" : `of ${lacking.join(" and ")}`;
  return new DatadamError(
    "INVALID_OPTION",
    `${storage.name} has no statistics ${lacks}; it has ${[...known].join(", ") || "none"}`,
    { hint },
  );
}

/** Of several, those whose real images were drawn as the configuration says; of these the ones made for it. */
function pickOf(
  alike: readonly StoredStatistics[],
  { batchReal, sampling }: ResolvedConfig,
  quantities: Readonly<Record<string, string>>,
  name: string,
): StoredStatistics {
  const kinds = new Set(alike.map(({ spec }) => `batchReal ${spec.images}, sampling ${spec.sampling}`));
  const drawn = alike.filter(({ spec }) => spec.images === batchReal && spec.sampling === sampling);
  const left = kinds.size === 1 ? alike : drawn;
  const exact = left.filter(({ spec }) => canonicalJson(spec.quantities) === canonicalJson(quantities));
  const [best] = (exact.length > 0 ? exact : left).toSorted((a, b) => b.networks * b.draws - a.networks * a.draws);
  if (best !== undefined) return best;
  throw new DatadamError("INVALID_OPTION", `${name} has several statistics that fit: ${[...kinds].join("; ")}`, {
    hint: "Give batchReal and sampling of one of them.",
  });
}

/** The trained networks, which are all stored. @returns undefined where they are random */
async function snapshots({ record, storage, network }: Opened, networks: number): Promise<Snapshot[] | undefined> {
  const { training } = record;
  if (training === null) return undefined;
  const all: Snapshot[] = [];
  for (let number = 1; number <= networks; number++) {
    all.push(await readSnapshot(storage, network, training, number));
  }
  return all;
}

/** Statistics that are read by position, and kept while there is room. */
class Statistics {
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #stored: StoredStatistics;
  readonly #names: readonly string[];
  readonly #files = new Map<string, Promise<StatisticsFile>>();
  readonly #rows = new Map<string, Promise<Float32Array>>();
  #bytes = 0;

  constructor(storage: Storage, stored: StoredStatistics, names: readonly string[]) {
    this.#storage = storage;
    this.#stored = stored;
    this.#names = names;
    this.#folder = `${STATISTICS}/${stored.id}`;
  }

  /** @throws DatadamError INVALID_DATA where one of the files is missing, damaged, or lacks a class */
  async check(networks: number, draws: number, labels: readonly number[]): Promise<void> {
    const missing = await missingDraws(this.#storage, this.#stored.id, { networks, draws });
    if (missing.count > 0) {
      const more = networks > this.#stored.networks || draws > this.#stored.draws;
      throw new DatadamError(
        more ? "INVALID_OPTION" : "INVALID_DATA",
        `${this.#storage.name} lacks ${missing.count} of the ${networks * draws} draws of ${networks} networks with ` +
          `${draws} each, such as ${missing.first}`,
        { hint: "Add them by a job of the kind bank in its folder: only what is missing is computed." },
      );
    }
    const { classes } = await this.#open(drawFile(1, 0));
    const absent = labels.filter((label) => !classes.includes(label));
    if (absent.length === 0) return;
    throw new DatadamError("INVALID_DATA", `${this.#storage.name} has no statistics of class ${absent.join(", ")}`, {
      hint: "Merge the shards of the bank, or distil the classes that it has.",
    });
  }

  async targets(number: number, draw: number, labels: readonly number[]): Promise<Record<string, Float32Array>> {
    const name = drawFile(number, draw);
    const path = `${this.#folder}/${name}`;
    const file = await this.#open(name);
    if (file.id !== this.#stored.id || file.number !== number || file.draw !== draw) {
      throw new DatadamError(
        "INVALID_DATA",
        `${this.#storage.name}/${path} holds other statistics than its name says`,
        {
          hint: "Remove it and make the bank again by the same command: only what is missing is computed.",
        },
      );
    }
    const key = `${name} ${labels.join()}`;
    let rows = this.#rows.get(key);
    if (rows === undefined) {
      rows = readRows(this.#storage, path, file, labels);
      const bytes = 4 * rowLength(file.layout) * labels.length;
      if (this.#bytes + bytes <= KEPT_BYTES) {
        this.#bytes += bytes;
        this.#rows.set(key, rows);
      }
    }
    return targetsOf(await rows, file.layout, this.#names);
  }

  #open(name: string): Promise<StatisticsFile> {
    const known = this.#files.get(name) ?? this.#openFile(name);
    this.#files.set(name, known);
    return known;
  }

  async #openFile(name: string): Promise<StatisticsFile> {
    const path = `${this.#folder}/${name}`;
    const file = await openStatistics(this.#storage, path);
    if (file !== undefined) return file;
    throw new DatadamError("INVALID_DATA", `${this.#storage.name}/${path} is missing`, {
      hint: "Make the bank again by the same command: only what is missing is computed.",
    });
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
