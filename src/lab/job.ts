// A job is a value: parsed once, by the schema of its kind.

import * as z from "zod";
import { expectation, nearest } from "../distill/config/index.ts";
import { DatadamError } from "../errors.ts";
import { kinds } from "./registry.ts";
import type { JobValue, Kind } from "./types.ts";

/**
 * Checks a value and fills in all defaults. Parsing a job again changes nothing, and equal jobs are equal JSON. The key
 * `$schema`, by which editors find the schema of a file, is left out.
 *
 * @param where said after a problem with the value at a dotted key, such as where it came from.
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one), wrong
 *   types, values out of range.
 */
export function job(value: unknown, where: (key: string) => string = () => ""): JobValue {
  const { $schema: _, ...input } = { ...(value as { readonly $schema?: unknown; readonly kind?: unknown } | null) };
  const name = input.kind;
  const kind = kinds.find((other) => other.kind === name);
  if (kind === undefined) {
    const known = kinds.map((other) => other.kind);
    const near = nearest(String(name), known);
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    const message = name === undefined ? "A job has a kind" : `There is no kind of job ${JSON.stringify(name)}${meant}`;
    const at = where(name === undefined ? "" : "kind");
    throw new DatadamError("INVALID_OPTION", message + at, { hint: `Kinds: ${known.join(", ")}.` });
  }
  const result = kind.schema.safeParse(input);
  if (result.success) return JSON.parse(JSON.stringify(result.data)) as JobValue;
  const lines = result.error.issues.flatMap((issue) => {
    const key = issue.path.join(".");
    return linesOf(issue, input).map((line) => line + where(key));
  });
  const several = `${lines.length} problems in the job:\n  ${lines.join("\n  ")}`;
  const hints = result.error.issues.flatMap((issue) => (issue.code === "custom" ? (issue.params?.hint ?? []) : []));
  throw new DatadamError("INVALID_OPTION", lines.length === 1 ? lines[0]! : several, {
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

function linesOf(issue: z.core.$ZodIssue, input: unknown): string[] {
  const at = (path: readonly PropertyKey[]): unknown =>
    path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `unknown key ${JSON.stringify(path === "" ? key : `${path}.${key}`)}`);
  }
  if (issue.code === "custom") {
    const [first, ...others] = issue.message.split("\n").map((line) => line.trim());
    const lines = others.length === 0 ? [first!] : others;
    return issue.path[0] === "method" ? lines.map((line) => ofMethod(line)) : lines;
  }
  const got = JSON.stringify(at(issue.path));
  return [`${path === "" ? "the job" : path}: ${expectation(issue)}, got ${got ?? "nothing"}`];
}

/** A problem with a setting of the method, with the path of its key. A line that begins with an option has its own. */
function ofMethod(line: string): string {
  if (line.startsWith("`")) return line;
  return /^\w+: /.test(line) ? `method.${line}` : `method: ${line}`;
}
