// A job is a value: parsed once, by the schema of its kind.

import * as z from "zod";
import { expectation, linesIn, nearest } from "../distill/config/index.ts";
import { DatadamError } from "../errors.ts";
import { quoted } from "../quoted.ts";
import { kinds } from "./registry.ts";
import type { JobValue, Kind } from "./types.ts";

/**
 * Checks a value and fills in all defaults. Parsing a job again changes nothing, and equal jobs are equal JSON. The key
 * `$schema`, by which editors find the schema of a file, is left out.
 *
 * @param where of a job out of settings: said after a problem with a key, such as where its value came from. Keys of
 *   the configuration are then named without the part of the job that holds it.
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one), wrong
 *   types, values out of range.
 */
export function job(value: unknown, where?: (key: string) => string): JobValue {
  const { $schema: _, ...input } = { ...(value as { readonly $schema?: unknown; readonly kind?: unknown } | null) };
  const name = input.kind;
  const kind = kinds.find((other) => other.kind === name);
  if (kind === undefined) {
    const known = kinds.map((other) => other.kind);
    const near = nearest(String(name), known);
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    const message = name === undefined ? "A job has a kind" : `There is no kind of job ${quoted(name)}${meant}`;
    throw new DatadamError("INVALID_OPTION", message, { hint: `Kinds: ${known.join(", ")}.` });
  }
  const result = kind.schema.safeParse(input);
  if (result.success) return JSON.parse(JSON.stringify(result.data)) as JobValue;
  const lines = result.error.issues.flatMap((issue) => {
    const path = issue.path.join(".");
    if (where === undefined) return linesOf(issue, input, path);
    const key = settingOf(path);
    return linesOf(issue, input, key).map((line) => line + where(key));
  });
  const hints = result.error.issues.flatMap((issue) => (issue.code === "custom" ? (issue.params?.hint ?? []) : []));
  throw new DatadamError("INVALID_OPTION", linesIn(where === undefined ? "the job" : "the configuration", lines), {
    ...(hints.length > 0 && { hint: [...new Set(hints)].join(" ") }),
  });
}

/** The kind of a value, and the value parsed. @throws DatadamError INVALID_OPTION */
export function kindOf(value: unknown): [kind: Kind, job: JobValue] {
  const parsed = job(value);
  return [kinds.find((other) => other.kind === parsed.kind)!, parsed];
}

/** JSON Schema of all jobs, for editors. */
export function jobSchema(): Record<string, unknown> {
  const anyOf = kinds.map(({ schema, about, jsonSchema }) => {
    const { properties, ...rest } = (jsonSchema?.() ??
      z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })) as Record<string, unknown>;
    const known = properties && { properties: { $schema: { type: "string" }, ...properties } };
    return { ...rest, ...(known as object | undefined), description: about };
  });
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "A job of datadam", anyOf };
}

/** The name of a setting at the path of a job: of its configuration, which `method` or `config` holds, the key. */
function settingOf(path: string): string {
  return path === "method.name" ? "method" : path.replace(/^(method|config)(\.|$)/, "");
}

function linesOf(issue: z.core.$ZodIssue, input: unknown, key: string): string[] {
  const at = (path: readonly PropertyKey[]): unknown =>
    path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((unknown) => `unknown key ${quoted(key === "" ? unknown : `${key}.${unknown}`)}`);
  }
  if (issue.code === "custom") return [/^method(\.|$)/.test(key) ? ofMethod(issue.message) : issue.message];
  return [`${key === "" ? "the job" : key}: ${expectation(issue)}, got ${quoted(at(issue.path))}`];
}

/** A problem with a setting of the method, with the path of its key. A line that begins with an option has its own. */
function ofMethod(line: string): string {
  if (line.startsWith("`")) return line;
  return /^\w+: /.test(line) ? `method.${line}` : `method: ${line}`;
}
