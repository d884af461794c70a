// From values of any kind to a configuration: checked, with defaults.

import { DatadamError } from "../../errors.ts";
import { quoted } from "../../quoted.ts";
import type { Method } from "../method.ts";
import { DEFAULT_METHOD, methodNamed } from "../methods/index.ts";
import { METHOD_NAMES } from "./names.ts";
import { methodDefaults } from "./presets.ts";
import { ConfigError, problems } from "./problems.ts";
import { type AnyConfig, type ConfigOf, type DistillConfig, keysFor, type SharedConfig, schemaOf } from "./schema.ts";

/**
 * Checks values and fills in defaults: those of the method's first preset, which is `paper` where no method is named.
 *
 * @param values by key. `method` is a name, or a method of your own. An undefined value is an absent key.
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one), keys
 *   of another method (with its name), wrong types, values out of range.
 */
export function parseConfig<M extends Method>(values: { readonly method: M }): ConfigOf<M>;
export function parseConfig(values?: object): DistillConfig;
export function parseConfig(values: object = {}): AnyConfig {
  const explicit = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const method = methodOf(explicit.method);
  const result = schemaOf(method).safeParse({ ...methodDefaults(method), ...explicit, method: method.name });
  if (result.success) return result.data as AnyConfig;
  throw new ConfigError(result.error.issues.flatMap((issue) => problems(issue, explicit, method)));
}

/**
 * Checks values for several methods at once: of all methods' keys, those of the default method as `parseConfig` has
 * them, and those that only others have.
 *
 * @throws DatadamError INVALID_OPTION as {@link parseConfig}.
 */
export function parseShared(values: object): DistillConfig & SharedConfig {
  const config = parseConfig(keysFor(DEFAULT_METHOD, values));
  const others = METHOD_NAMES.filter((name) => name !== DEFAULT_METHOD).map((method) => {
    const parsed = parseConfig({ ...keysFor(method, values), method });
    return Object.fromEntries(Object.entries(parsed).filter(([key]) => key !== "method" && !(key in config)));
  });
  return Object.assign({ ...config }, ...others) as DistillConfig & SharedConfig;
}

/**
 * The method that a configuration's `method` means.
 *
 * @throws DatadamError INVALID_OPTION for an unknown name, and for a method of your own that has the name of a
 *   built-in.
 */
export function methodOf(value: unknown = DEFAULT_METHOD): Method {
  if (typeof value === "object" && value !== null && "make" in value) {
    const method = value as Method;
    const builtIn = methodNamed(method.name);
    if (builtIn === undefined || builtIn === method) return method;
    throw new DatadamError("INVALID_OPTION", `method: ${JSON.stringify(method.name)} is a built-in method`, {
      hint: "Give the method another name.",
    });
  }
  const method = methodNamed(value);
  if (method !== undefined) return method;
  const names = METHOD_NAMES.map((name) => JSON.stringify(name)).join(" or ");
  const got = value === undefined ? "undefined" : quoted(value);
  throw new DatadamError("INVALID_OPTION", `method: must be ${names}, got ${got}`);
}
