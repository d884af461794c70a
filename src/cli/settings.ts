// What a distillation is to do, put together from flag > environment > file > bank > preset > default.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseReading } from "../data/readingOptions.ts";
import { isReadingKey, readingArguments, valueOfText } from "../data/readingTable.ts";
import {
  checkPreset,
  configKeys,
  type DistillConfig,
  defaultPreset,
  INITIALISERS,
  keysFor,
  nearest,
  type PresetName,
  presets,
} from "../distill/config/index.ts";
import type { Device } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import type { BankSettings } from "../lab/index.ts";
import { firstOf, quoted } from "../quoted.ts";
import type { SourceOptions } from "../run/index.ts";
import { readJsonFile } from "./jsonFile.ts";
import { plainValue } from "./parse.ts";

/** Where the data come from and what works on them: settings that are no part of the configuration. */
export interface JobSettings extends SourceOptions {
  readonly dataset: string;
  readonly dataDir?: string;
  readonly preset: PresetName;
  readonly workers?: number;
  readonly device?: Device;
  /** A set to start from, absolute: where `init` is a path. */
  readonly initial?: string;
}

export type Source = "flag" | "environment" | "file" | "bank" | "preset" | "default";

export interface Settings {
  readonly job: JobSettings;
  /** The keys of the configuration that anything but a default gives, not checked yet: its job does that. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Said after a problem with the value of a key: where it comes from. */
  readonly where: (key: string) => string;
  /** Where each value comes from. */
  readonly sources: Readonly<Record<string, Source>>;
  /** Configuration keys and job keys that were given as flags or in a file. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** Flags as commander gives them; undefined where absent. */
export interface SettingFlags {
  readonly [key: string]: unknown;
  readonly config?: string | undefined;
  readonly set?: readonly [string, unknown][] | undefined;
}

/** What is no flag's: who asks, and what was made before. */
export interface SettingContext {
  /** That a path of `init` is relative to. Default: the current folder. */
  readonly folder?: string | undefined;
  /** How messages name the options that `set` is of. Default: `--set`. */
  readonly assignments?: string | undefined;
  /** That of a configuration which names none. Default: the preset's. */
  readonly method?: unknown;
  /** That of a data set other than the built-in one, where none is named and no method. Default: the paper's. */
  readonly preset?: PresetName | undefined;
  /** What a bank was made for. */
  readonly bank?: BankSettings | undefined;
  /** For several methods: keys of all of them are taken. */
  readonly shared?: boolean;
}

const JOB_KEYS = ["dataset", "dataDir", ...readingArguments, "preset", "workers", "device"] as const;
const TEXT_KEYS: readonly string[] = ["dataset", "dataDir", "preset", "device"];

/**
 * Resolves all settings.
 *
 * @throws DatadamError INVALID_OPTION for unknown keys and wrong values of job keys, DATASET_NOT_FOUND never: nothing
 *   is loaded.
 */
export function resolveSettings(
  flags: SettingFlags,
  environment: Readonly<Record<string, string | undefined>>,
  { folder = ".", assignments = "--set", method: usual, preset: best, bank, shared = false }: SettingContext = {},
): Settings {
  const configNames = configKeys().map((row) => row.key);
  const all = [...JOB_KEYS, ...configNames];
  const layers: [Source, Record<string, unknown>][] = [
    ["flag", { ...pick(flags, all), ...fromAssignments(flags, all, assignments) }],
    ["environment", fromEnvironment(environment, all)],
    ["file", flags.config === undefined ? {} : fromFile(flags.config, all)],
  ];
  const lookUp = (key: string): unknown => layers.find(([, values]) => values[key] !== undefined)?.[1][key];

  if (bank !== undefined) layers.push(["bank", bankLayer(bank, lookUp)]);
  const dataset = String(lookUp("dataset") ?? "builtin");
  const usualPreset = (): PresetName => {
    if (dataset === "builtin") return "quick";
    const method = lookUp("method") ?? usual;
    return method === undefined && lookUp("networks") === undefined && best !== undefined
      ? best
      : defaultPreset(method);
  };
  const preset = checkPreset(lookUp("preset") ?? usualPreset());
  layers.push(["preset", { ...presets[preset] }], ["default", usual === undefined ? {} : { method: usual }]);
  // What was not meant for this method alone: of keys that it lacks, nothing is taken, and nothing is said.
  for (const layer of layers) {
    if (shared || layer[0] === "flag" || layer[0] === "file") continue;
    layer[1] = keysFor(lookUp("method"), layer[1]);
  }

  const sources: Record<string, Source> = {};
  const merged: Record<string, unknown> = {};
  for (const key of all) {
    const layer = layers.find(([, values]) => values[key] !== undefined);
    sources[key] = layer?.[0] ?? "default";
    if (layer !== undefined) merged[key] = layer[1][key];
  }
  const initial = initialPath(merged, folder);
  const job = { ...checkJob(pick(merged, JOB_KEYS)), dataset, preset, ...(initial === undefined ? {} : { initial }) };
  const where = (key: string): string => {
    if (sources[key] === "environment") return ` (${variableOf(key)} in the environment)`;
    if (sources[key] === "bank") return " (of the bank)";
    return sources[key] === "file" ? ` (${flags.config})` : "";
  };
  const given = Object.fromEntries(
    all.filter((key) => sources[key] === "flag" || sources[key] === "file").map((key) => [key, merged[key]]),
  );
  return { job, values: pick(merged, configNames), where, sources, given };
}

/** Whether a setting is one of a configuration, of any method. */
export function isConfigKey(name: string): boolean {
  return configKeys().some(({ key }) => key === name);
}

/**
 * What a bank says where nothing else was said. Another data set than its own is read in its own way, and another
 * method, or a preset of one, has a recipe of its own.
 */
function bankLayer({ method, data }: BankSettings, lookUp: (key: string) => unknown): Record<string, unknown> {
  const { name, preset, ...settings } = method;
  const { dir: dataDir, ...source } = data;
  const dataset = lookUp("dataset");
  // Whether others differ is seen by their images. This one is what no data set is to the library.
  if (dataset === "builtin" && source.dataset !== "builtin") {
    throw new DatadamError("INVALID_OPTION", `dataset: the bank is of ${source.dataset}, not of ${dataset}`);
  }
  const methodOf = (named: unknown): unknown => (presets[checkPreset(named)] as Partial<DistillConfig>).method;
  const given = lookUp("preset");
  const wanted = lookUp("method") ?? (given === undefined ? undefined : methodOf(given)) ?? name;
  return {
    ...settings,
    // All that it has, whatever the preset makes without one.
    ...{ networks: 0, draws: "auto" },
    ...(dataset === undefined && { ...source, dataDir }),
    method: wanted,
    preset: (methodOf(preset) ?? wanted) === wanted ? preset : defaultPreset(wanted),
  };
}

/**
 * The path that `init` is, which then is `set`. A name of an initialiser is no path, and neither is what may be a
 * misspelt one.
 */
function initialPath(merged: Record<string, unknown>, folder: string): string | undefined {
  const { init } = merged;
  if (typeof init !== "string" || (INITIALISERS as readonly string[]).includes(init)) return undefined;
  const near = nearest(init, INITIALISERS);
  const path = resolve(folder, init);
  if (!existsSync(path) && !/[\\/.]/.test(init)) {
    throw new DatadamError(
      "INVALID_OPTION",
      `init: ${quoted(init)} is neither an initialiser nor a path${meant(near)}`,
      {
        hint: `Give ${INITIALISERS.filter((name) => name !== "set").join(", ")}, or the path of a run or of a set.`,
      },
    );
  }
  merged.init = "set";
  return path;
}

function pick(values: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));
}

function fromAssignments(flags: SettingFlags, known: readonly string[], assignments: string): Record<string, unknown> {
  const values = Object.fromEntries(flags.set ?? []);
  assertKnownKeys(Object.keys(values), known, assignments);
  const flagValues: Readonly<Record<string, unknown>> = { ...flags };
  const other = Object.keys(values).find((key) => flagValues[key] !== undefined && flagValues[key] !== values[key]);
  if (other !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `${other}: the option says ${quoted(flagValues[other])}, ${assignments} ${quoted(values[other])}`,
      { hint: "Give it in one place only." },
    );
  }
  return values;
}

/** `DATADAM_BATCH_REAL` for `batchReal`. */
function variableOf(key: string): string {
  return `DATADAM_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The variables of the environment that give settings. */
export function settingVariables(): string[] {
  return [...JOB_KEYS, ...configKeys().map(({ key }) => key)].map(variableOf);
}

/** The value that a text of the environment stands for. */
function fromText(key: string, text: string): unknown {
  if (isReadingKey(key) && (readingArguments as readonly string[]).includes(key)) return valueOfText(key, text);
  return TEXT_KEYS.includes(key) ? text : plainValue(text);
}

function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  keys: readonly string[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const key of keys) {
    const text = environment[variableOf(key)];
    if (text !== undefined && text !== "") values[key] = fromText(key, text);
  }
  return values;
}

function fromFile(path: string, known: readonly string[]): Record<string, unknown> {
  const values = readJsonFile(path, { what: "the configuration file", code: "INVALID_OPTION" });
  if (values === null || typeof values !== "object" || Array.isArray(values)) {
    throw new DatadamError("INVALID_OPTION", `${path} must hold one JSON object of configuration keys`);
  }
  const { $schema: _, ...rest } = values as Record<string, unknown>;
  assertKnownKeys(Object.keys(rest), known, path);
  return rest;
}

function meant(near: string | undefined): string {
  return near === undefined ? "" : `; did you mean ${near}?`;
}

function assertKnownKeys(keys: readonly string[], known: readonly string[], where: string): void {
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const lines = firstOf(unknown, (key) => {
    const near = nearest(key, known);
    return `unknown configuration key ${quoted(key)} (${where})${meant(near)}`;
  });
  throw new DatadamError("INVALID_OPTION", lines.join("\n  "), { hint: "datadam keys lists the configuration keys." });
}

/** Environment and file give what commander has not checked. */
function checkJob(job: Record<string, unknown>): Omit<JobSettings, "dataset" | "preset"> {
  const fail = (key: string, expected: string): never => {
    throw new DatadamError("INVALID_OPTION", `${key}: must be ${expected}, got ${quoted(job[key])}`);
  };
  if (job.workers !== undefined && !(Number.isSafeInteger(job.workers) && (job.workers as number) > 0))
    fail("workers", "a positive integer");
  if (job.device !== undefined && !["cpu", "webgpu", "cuda"].includes(job.device as string))
    fail("device", "cpu, webgpu or cuda");
  parseReading(Object.fromEntries(readingArguments.map((key) => [key, job[key]])));
  if (job.dataDir !== undefined && typeof job.dataDir !== "string") fail("dataDir", "a folder");
  const { dataDir, ...rest } = job;
  return { ...rest, ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir as string) }) } as Omit<
    JobSettings,
    "dataset" | "preset"
  >;
}
