// The metadata of a distilled set, which come out of a file like any other: everything is checked before it is used.

import { METHOD_NAMES, parseConfig } from "../distill/config/index.ts";
import type { Normalization } from "../images/types.ts";
import { parseJson } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { quoted } from "../quoted.ts";
import { SELECT_METHODS } from "../select/names.ts";

/** The strings of a file, by their keys. */
export type Metadata = Readonly<Record<string, string | undefined>>;

/** How a set was chosen, where it was not distilled, and what each fact is. */
export const SELECTION: Readonly<Record<string, (value: unknown) => boolean>> = {
  method: isChosen,
  features: isText,
  featuresNetwork: isRecord,
  parameters: isText,
  trained: (value) => typeof value === "boolean" || isText(value),
  epochs: isCount,
};

/** Facts of the configuration that a reader wants without parsing it. */
export const FLAT = ["norm", "power", "lambda", "scale", "width", "depth"] as const;

/** Whether a method is one of choosing images, not of distilling them. */
export function isChosen(method: unknown): boolean {
  return (SELECT_METHODS as readonly unknown[]).includes(method);
}

/** Whether a method is a user's own: of its keys nothing is known. */
export function isForeign(method: unknown): method is string {
  return typeof method === "string" && !isChosen(method) && !(METHOD_NAMES as readonly string[]).includes(method);
}

/** @throws Error where they are not the names of at least one class */
export function classNamesOf({ classNames: text }: Metadata): string[] {
  const names = jsonOf("classNames", text);
  const fits = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string");
  if (fits && names.length <= LIMITS.classes) return names as string[];
  throw new Error(`its classNames are ${quoted(names)}, not a list of names`);
}

/** @throws Error where it is not a mean and a positive standard deviation for each channel */
export function normalizationOf({ normalization: text }: Metadata, channels: number): Normalization {
  const value = jsonOf("normalization", text);
  const { mean, std } = isRecord(value) ? value : {};
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === channels && list.every(Number.isFinite);
  if (numbers(mean) && numbers(std) && std.every((one) => one > 0)) return { mean, std };
  throw new Error(`its normalization is ${quoted(value)}, not mean and std of ${channels} channels`);
}

/** 1 where there is none. @throws Error */
export function factorOf({ factor = "1" }: Metadata): number {
  return wholeNumber("factor", factor);
}

/** Where the set came from: its configuration, or how it was chosen. @throws Error */
export function provenanceOf(facts: Metadata): Record<string, unknown> {
  const provenance: Record<string, unknown> = { method: "datadam" };
  if (facts.preset !== undefined) provenance.preset = facts.preset;
  if (facts.preset !== undefined && !isText(facts.preset)) throw new Error(`its preset is ${quoted(facts.preset)}`);
  if (facts.config !== undefined) Object.assign(provenance, configOf(facts));
  if (facts.selection !== undefined) Object.assign(provenance, selectionOf(facts.selection));
  if (facts.iteration !== undefined) provenance.iteration = wholeNumber("iteration", facts.iteration);
  if (facts.seed !== undefined) wholeNumber("seed", facts.seed);
  return provenance;
}

function configOf(facts: Metadata): Record<string, unknown> {
  const { arch, ...config } = recordOf("config", facts.config);
  // The architecture may be one of the maker's own.
  if (arch !== undefined && !isText(arch)) throw new Error(`its arch is ${quoted(arch)}`);
  const differs = (key: string): boolean => key in config && String(config[key]) !== facts[key];
  const other = ["seed", ...FLAT].find((key) => facts[key] !== undefined && differs(key));
  if (other !== undefined) {
    throw new Error(`its ${other} is ${quoted(facts[other])}, but ${quoted(config[other])} in its config`);
  }
  const checked = isForeign(config.method) ? config : parseConfig(config);
  return { ...checked, ...(arch === undefined ? {} : { arch }) };
}

function selectionOf(text: string): Record<string, unknown> {
  const selection = recordOf("selection", text);
  for (const [key, value] of Object.entries(selection)) {
    const fits = Object.hasOwn(SELECTION, key) ? SELECTION[key] : undefined;
    if (fits === undefined) throw new Error(`its selection has an unknown key ${quoted(key)}`);
    if (!fits(value)) throw new Error(`the ${key} of its selection is ${quoted(value)}`);
  }
  if (selection.method === undefined) throw new Error("its selection has no method");
  return selection;
}

/** An object of JSON; `__proto__` is no key of any. */
function recordOf(key: string, text: string | undefined): Record<string, unknown> {
  const value = jsonOf(key, text);
  if (isRecord(value) && !Object.hasOwn(value, "__proto__")) return value;
  throw new Error(`its ${key} is ${quoted(value)}, not an object of settings`);
}

function jsonOf(key: string, text: string | undefined): unknown {
  try {
    return parseJson(text ?? "");
  } catch (cause) {
    throw new Error(`its ${key} are no JSON: ${(cause as Error).message}`, { cause });
  }
}

function wholeNumber(key: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`its ${key} is ${quoted(text)}, not a whole number`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= LIMITS.quoteLength;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
