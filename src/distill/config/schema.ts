// The schema of a configuration: the keys of all methods and those of one. For validation, help, JSON Schema and
// records.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import type { Method, Shape } from "../method.ts";
import {
  DEFAULT_METHOD,
  type MethodName,
  type Methods,
  methodNamed,
  methods,
  type OwnOf,
  type ResolvedOwnOf,
} from "../methods/index.ts";
import { type CommonConfig, commonKeys, type ResolvedCommon } from "./common.ts";
import { METHOD_NAMES } from "./names.ts";
import { PIXEL_RATE } from "./spaces.ts";

/** A configuration of a method: the keys of all methods, and its own. */
export type ConfigOf<M extends Method> = CommonConfig & { readonly method: M["name"] } & OwnOf<M>;

/** The same once nothing is `"auto"`. */
export type ResolvedConfigOf<M extends Method> = ResolvedCommon & { readonly method: M["name"] } & ResolvedOwnOf<M>;

/** A configuration, by `method`. `"auto"` values are replaced for a data set by `resolveConfig`. */
export type DistillConfig = { [Name in MethodName]: ConfigOf<Methods[Name]> }[MethodName];

/** A configuration in which nothing is `"auto"` any more. */
export type ResolvedConfig = { [Name in MethodName]: ResolvedConfigOf<Methods[Name]> }[MethodName];

/** A configuration of any method, also of a user's own. */
export type AnyConfig = CommonConfig & { readonly method: string };
export type AnyResolvedConfig = ResolvedCommon & { readonly method: string };

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Values for several methods at once: the keys of all of them. {@link keysFor} takes those of one. */
export type SharedConfig = Partial<CommonConfig & Intersection<OwnOf<Methods[MethodName]>>>;

const METHOD = "What is matched. Its preset gives the defaults of the other keys.";

/** Names that a method's own key must not have: what `distill` takes beside the configuration. */
const TAKEN: readonly string[] = ["method", "engine", "signal", "classes", "resume", "initial", "network"];

const shapes = new WeakMap<Method, Shape>();

/** The own keys of a method. @throws DatadamError INVALID_OPTION for a method of the user's own that is none */
export function ownKeys(method: Method): Shape {
  const known = shapes.get(method);
  if (known !== undefined) return known;
  const keys = method.keys(z);
  checkMethod(method, keys);
  shapes.set(method, keys);
  return keys;
}

/** What a user's own method may not be called, nor its keys. */
function checkMethod({ name, presets }: Method, keys: Shape): void {
  const fail = (problem: string, hint: string): never => {
    throw new DatadamError("INVALID_OPTION", `method ${JSON.stringify(name)}: ${problem}`, { hint });
  };
  if (typeof name !== "string" || !/^[a-z][\w-]*$/i.test(name)) {
    fail("its name must be a word of letters, digits, - and _", "Give the method a name such as moments.");
  }
  for (const key of Object.keys(keys)) {
    if (Object.hasOwn(commonKeys, key) || TAKEN.includes(key)) {
      fail(`its key ${key} is one that every method has`, "Give the key another name.");
    }
  }
  const defaults = z.object(keys).safeParse({});
  if (!defaults.success) {
    const key = String(defaults.error.issues[0].path[0]);
    fail(`its key ${key} has no default`, `End its type with .default(...).`);
  }
  for (const [preset, values] of Object.entries(presets)) {
    const unknown = Object.keys(values).find((key) => !(Object.hasOwn(keys, key) || Object.hasOwn(commonKeys, key)));
    if (unknown !== undefined)
      fail(`its preset ${preset} has the unknown key ${unknown}`, "Add the key, or leave it out.");
  }
}

/** The schema of the configurations of one method: `method` says its name, unknown keys are refused. */
export function schemaOf(method: Method) {
  return z.strictObject({ method: z.literal(method.name), ...commonKeys, ...ownKeys(method) });
}

/** Names of the keys that a method takes, `method` first. */
export function keyNames(method: Method): string[] {
  return ["method", ...Object.keys(commonKeys), ...Object.keys(ownKeys(method))];
}

/** The built-in methods that have a key of this name as their own. */
export function methodsWith(key: string): MethodName[] {
  return METHOD_NAMES.filter((name) => Object.hasOwn(ownKeys(methods[name]), key));
}

/**
 * Values without the keys that only other methods have: for what several methods share, such as the environment, or
 * what all rows of a table have in common. Unknown keys stay, so that they are reported.
 *
 * @param method a built-in method's name, the default method's where it is undefined; an unknown one changes nothing.
 */
export function keysFor<Values extends object>(method: unknown, values: Values): Partial<Values> {
  const known = methodNamed(method ?? DEFAULT_METHOD);
  if (known === undefined) return values;
  const names = keyNames(known);
  const others = Object.keys(values).filter((key) => !names.includes(key) && methodsWith(key).length > 0);
  return Object.fromEntries(Object.entries(values).filter(([key]) => !others.includes(key))) as Partial<Values>;
}

/** One row a key, for help texts and docs. */
export interface ConfigKey {
  readonly key: string;
  /** The methods that have it; all where absent. */
  readonly methods?: readonly MethodName[];
  /** Begins with the names of its methods, where not all have it. */
  readonly description: string;
  readonly default: unknown;
}

/** The keys of all built-in methods with descriptions and defaults: first those that all have. */
export function configKeys(): ConfigKey[] {
  const rows = [
    { key: "method", description: METHOD, default: DEFAULT_METHOD },
    ...rowsOf(commonKeys).map((row) => ({ ...row, description: withAuto(row.key, row.description) })),
  ];
  const grouped = new Map<string, { row: ConfigKey; names: MethodName[] }>();
  for (const name of METHOD_NAMES) {
    for (const row of rowsOf(ownKeys(methods[name]))) {
      const id = JSON.stringify([row.key, row.description, row.default]);
      const entry = grouped.get(id) ?? { row, names: [] };
      entry.names.push(name);
      grouped.set(id, entry);
    }
  }
  const described = [...grouped.values()].map(({ row, names }) => {
    const description = `${names.join(", ")}: ${row.description[0].toLowerCase()}${row.description.slice(1)}`;
    return { ...row, methods: names, description };
  });
  return [...rows, ...described];
}

function rowsOf(shape: Shape): ConfigKey[] {
  const defaults: Readonly<Record<string, unknown>> = z.object(shape).parse({});
  return Object.entries(shape).map(([key, type]) => ({
    key,
    description: (type as z.ZodType).description ?? "",
    default: defaults[key],
  }));
}

/** What `"auto"` means for some methods, behind what it means for all. */
function withAuto(key: string, description: string): string {
  const namesByValue = new Map<string, MethodName[]>();
  for (const name of METHOD_NAMES) {
    const value = (methods[name] as Method).auto?.[key as "lrImg"];
    if (value !== undefined) namesByValue.set(String(value), [...(namesByValue.get(String(value)) ?? []), name]);
  }
  const onPixels = (value: string): string =>
    key === "lrImg" ? `, with space pixels ${Number((PIXEL_RATE * Number(value)).toPrecision(3))}` : "";
  const parts = [...namesByValue].map(([value, names]) => `; ${names.join(", ")}: ${value}${onPixels(value)}`);
  return parts.length === 0 ? description : `${description.replace(/\.$/, "")}${parts.join("")}.`;
}

/**
 * JSON Schema of a configuration file, for editors: all keys, and of a file that names its method only the keys which
 * that method has.
 */
export function jsonSchema(): Record<string, unknown> {
  const method = z.enum(METHOD_NAMES).default(DEFAULT_METHOD).describe(METHOD);
  const shape = Object.assign({}, ...METHOD_NAMES.map((name) => ownKeys(methods[name]))) as Shape;
  const schema = z.toJSONSchema(z.strictObject({ method, ...commonKeys, ...shape }), { io: "input" });
  const allOf = METHOD_NAMES.map((name) => {
    const others = Object.keys(shape).filter((key) => !Object.hasOwn(ownKeys(methods[name]), key));
    return {
      if: { properties: { method: { const: name } }, required: ["method"] },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
      then: { properties: Object.fromEntries(others.map((key) => [key, false])) },
    };
  });
  return { ...schema, allOf };
}
