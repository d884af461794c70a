// What a bank is: its record, the statistics that it holds by what they are of, and where each lies.

import type { ResolvedConfig } from "../../distill/config/index.ts";
import { type Method, methods } from "../../distill/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Normalization } from "../../images/types.ts";
import { canonicalJson, type RunDataset } from "../../run/portable.ts";
import type { Protocol } from "../../train/types.ts";
import { sha256 } from "../folder/hash.ts";
import { PRECISIONS, type Precision } from "./statisticsFile.ts";

const FORMAT = "datadam-bank/1";

/** Folder of the networks that were trained. */
export const NETWORKS = "networks";
/** Folder of the statistics, each in a folder of its own. */
export const STATISTICS = "statistics";
/** In the folder of some statistics: what they are of. */
export const SPEC_FILE = "spec.json";

/** How the networks of a bank were trained. */
export interface Training {
  readonly epochs: number;
  /** Epochs after which a network is kept, ascending; 0 is its beginning. */
  readonly snapshots: readonly number[];
  readonly protocol: Protocol;
  /** Training images on which the accuracy of each snapshot is measured. */
  readonly accuracyImages: number;
}

/** `record.json` of a bank. */
export interface BankRecord {
  readonly format: typeof FORMAT;
  /** Names networks, batches and augmentations. */
  readonly seed: number;
  /** `name`, and the options it is built again with. */
  readonly network: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly zca: false | { readonly eps: number };
  /** SHA-256 of the file of the whitening, where there is one. */
  readonly whitening?: string | undefined;
  /** Null where networks are random: these are their numbers alone. */
  readonly training: Training | null;
  readonly dataset: RunDataset;
  readonly normalization: Normalization;
  /** Classes of this shard, ascending; null for all. */
  readonly classes: readonly number[] | null;
  readonly flippable: boolean;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly created: string;
}

/** What statistics are of, beside the bank's record. */
export interface StatisticsSpec {
  /** By name: what a quantity is. */
  readonly quantities: Readonly<Record<string, string>>;
  /** Real images of each class and draw. */
  readonly images: number;
  readonly sampling: string;
  readonly augment: string;
  readonly augmentMode: string;
  readonly precision: Precision;
}

/** `spec.json`. */
export interface SpecFile {
  readonly spec: StatisticsSpec;
  /** As many networks (or snapshots) and draws as were asked for: all are there once the job has finished. */
  readonly networks: number;
  readonly draws: number;
}

/** What decides a bank's numbers. Content-addressed: equal banks have equal ids. */
export function bankId({ format, seed, network, zca, training, dataset }: BankRecord): Promise<string> {
  return sha256(canonicalJson({ format, seed, network, zca, training, data: dataset.fingerprint }));
}

/** Names the folder of statistics. */
export async function statisticsId(bank: string, spec: StatisticsSpec): Promise<string> {
  return (await sha256(canonicalJson({ bank, spec }))).slice(0, 16);
}

/** The file of a draw, within the folder of its statistics. @param number of the network, from 1 */
export function drawFile(number: number, draw: number): string {
  return `n${String(number).padStart(5, "0")}.d${String(draw).padStart(3, "0")}.safetensors`;
}

/** Network (from 1) and draw (from 0) at a place of the order in which they are taken. @param draws of each network */
export function drawAt(place: number, draws: number): { readonly number: number; readonly draw: number } {
  return { number: Math.floor(place / draws) + 1, draw: place % draws };
}

/** The file of a snapshot's parameters, within the folder of the bank. @param network of the trainings, from 1 */
export function snapshotFile(network: number, epoch: number): string {
  return `${NETWORKS}/${String(network).padStart(4, "0")}-epoch-${epoch}.safetensors`;
}

/** Epochs after which a network is kept: `all` are 0, 0.25, 0.5, 1, 2 and each one after that. */
export function keptEpochs(snapshots: "all" | "last" | readonly number[], epochs: number): readonly number[] {
  const all = [0, 0.25, 0.5, ...Array.from({ length: epochs }, (_, i) => i + 1)];
  const kept = snapshots === "all" ? all : snapshots === "last" ? [epochs] : snapshots;
  return [...new Set(kept)].sort((a, b) => a - b);
}

/** Networks that draws are of: snapshots, where networks are trained. @param networks trained, or random */
export function encoderCount(training: Training | null, networks: number): number {
  return training === null ? networks : networks * training.snapshots.length;
}

/** The snapshot that network `number` (from 1) of the family is. */
export function snapshotOf(
  { snapshots }: Training,
  number: number,
): { readonly network: number; readonly epoch: number } {
  const place = number - 1;
  return {
    network: Math.floor(place / snapshots.length) + 1,
    epoch: snapshots[place % snapshots.length]!,
  };
}

/**
 * What a method's statistics are of.
 *
 * @throws DatadamError INVALID_OPTION for a method whose real side is no class mean
 */
export function specOf(config: ResolvedConfig, precision: Precision): StatisticsSpec {
  const { batchReal, sampling, augment, augmentMode } = config;
  return { quantities: quantitiesOf(config), images: batchReal, sampling, augment, augmentMode, precision };
}

/** By name, what a method takes of real images. @throws DatadamError INVALID_OPTION */
export function quantitiesOf(config: ResolvedConfig): Readonly<Record<string, string>> {
  return statisticsOf(config.method)(config);
}

/** What says a method's quantities. @throws DatadamError INVALID_OPTION for one whose real side is no class mean */
export function statisticsOf(name: ResolvedConfig["method"]): NonNullable<Method["statistics"]> {
  const { statistics }: Method = methods[name];
  if (statistics !== undefined) return statistics;
  throw new DatadamError(
    "INVALID_OPTION",
    `method ${name} does not match class means: of real images it needs more than statistics`,
    { hint: "Use a method of class means (datadam, dm)." },
  );
}

/** Whether a `record.json` is that of a bank. */
export function isBankRecord(content: unknown): boolean {
  return (content as Partial<BankRecord> | null | undefined)?.format === FORMAT;
}

/** @param path for messages. @throws DatadamError INVALID_RUN */
export function checkBankRecord(content: unknown, path: string): BankRecord {
  const record = content as Partial<BankRecord> | null;
  const { format, seed, network, dataset, training, classes } = record ?? {};
  const trained =
    training === null ||
    (typeof training === "object" &&
      Array.isArray(training.snapshots) &&
      training.snapshots.length > 0 &&
      Number.isSafeInteger(training.accuracyImages));
  const whole =
    format === FORMAT &&
    Number.isSafeInteger(seed) &&
    typeof network?.name === "string" &&
    typeof dataset?.fingerprint === "string" &&
    Array.isArray(dataset.shape) &&
    Array.isArray(dataset.classNames) &&
    trained &&
    (classes === null || Array.isArray(classes));
  if (whole) return record as BankRecord;
  throw new DatadamError("INVALID_RUN", `${path} does not hold the record of a bank`, {
    hint: "Give the folder of a bank, or put its record.json back.",
  });
}

/** @param path for messages. @throws DatadamError INVALID_RUN */
export function checkSpecFile(content: unknown, path: string): SpecFile {
  const { spec, networks, draws } = (content ?? {}) as Partial<SpecFile>;
  const whole =
    typeof spec?.quantities === "object" &&
    Number.isSafeInteger(spec.images) &&
    (PRECISIONS as readonly unknown[]).includes(spec.precision) &&
    isBetween(networks, 1_000_000_000) &&
    isBetween(draws, 10_000);
  if (whole) return content as SpecFile;
  throw new DatadamError("INVALID_RUN", `${path} does not say what the statistics beside it are of`, {
    hint: "Remove its folder, and make the bank again by the same command.",
  });
}

function isBetween(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

/** @param name of the bank. @throws DatadamError INVALID_DATA where images are not those of a bank */
export function requireImages(name: string, dataset: RunDataset, found: RunDataset, hint: string): void {
  if (found.fingerprint === dataset.fingerprint) return;
  throw new DatadamError(
    "INVALID_DATA",
    `${name} is a bank of ${dataset.name} with ${dataset.count} images; these are other images: ` +
      `${found.name} with ${found.count}`,
    { hint },
  );
}

/** The record of a bank that begins. */
export function bankRecord(values: Omit<BankRecord, "format">): BankRecord {
  return { format: FORMAT, ...values };
}
