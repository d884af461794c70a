// The recipes by name: those of the methods, and `quick`. Plain data.

import { DatadamError } from "../../errors.ts";
import type { Method } from "../method.ts";
import { DEFAULT_METHOD, type MethodName, type Methods, methodNamed, methods } from "../methods/index.ts";
import type { CommonConfig } from "./common.ts";
import { nearest } from "./nearest.ts";
import type { DistillConfig } from "./schema.ts";

/** A few seconds on two cores for small images, with any method: to see it work, not for numbers. */
const quick = {
  ipc: 10,
  iterations: 100,
  batchReal: 64,
  lrImg: "auto",
  momentum: 0.5,
  averaging: false,
  norm: "instance",
  width: 32,
  zca: false,
} as const satisfies Partial<CommonConfig>;

type PresetsOf<M> = M extends Method<string, infer _Keys, infer _Own, infer Names> ? Names : never;

/** Names of all presets. */
export type PresetName = "quick" | PresetsOf<Methods[MethodName]>;

/** The method that a preset is of. */
type Owner<Name extends PresetName> = {
  [M in MethodName]: Name extends PresetsOf<Methods[M]> ? M : never;
}[MethodName];

export type Presets = {
  readonly [Name in PresetName]: Name extends "quick"
    ? typeof quick
    : Partial<Extract<DistillConfig, { readonly method: Owner<Name> }>> & { readonly method: Owner<Name> };
};

/** The recipes: spread one and override. Those of a method name it; `paper` is the default of `parseConfig`. */
export const presets = {
  quick,
  ...Object.fromEntries(
    Object.values(methods).flatMap((method) =>
      Object.entries(method.presets).map(([name, preset]) => [name, { method: method.name, ...preset }]),
    ),
  ),
} as Presets;

/** A preset by its name. @throws DatadamError INVALID_OPTION */
export function checkPreset(name: unknown): PresetName {
  const names = Object.keys(presets);
  if (typeof name === "string" && names.includes(name)) return name as PresetName;
  const near = nearest(String(name), names);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  throw new DatadamError("INVALID_OPTION", `unknown preset ${JSON.stringify(name)}${meant}`, {
    hint: `Presets: ${names.join(", ")}.`,
  });
}

/** The preset that is taken where a method is named and no preset. */
export function defaultPreset(method: unknown = DEFAULT_METHOD): PresetName {
  return Object.keys((methodNamed(method) ?? methods[DEFAULT_METHOD]).presets)[0] as PresetName;
}

/** Keys that a method's recipe sets apart from the defaults of the keys. */
export function methodDefaults(method: Method): Readonly<Record<string, unknown>> {
  return Object.values(method.presets)[0] ?? {};
}
