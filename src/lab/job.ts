// A job is a value: parsed once, by the schema of its kind.

import * as z from "zod";
import { expectation, nearest } from "../distill/config/index.ts";
import { DatadamError } from "../errors.ts";
import { kinds } from "./registry.ts";
import type { JobValue, Kind } from "./types.ts";

/**
 * Checks a value and fills in all defaults. Parsing a job again changes nothing, and equal jobs are equal JSON.
 *
 * @param where said after a problem with the value at a dotted key, such as where it came from.
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one), wrong
 *   types, values out of range.
 */
export function job(value: unknown, where: (key: string) => string = () => ""): JobValue {
  const name = (value as { kind?: unknown } | null)?.kind;
  const kind = kinds.find((other) => other.kind === name);
  if (kind === undefined) {
    const known = kinds.map((other) => other.kind);
    const near = nearest(String(name), known);
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    const message = name === undefined ? "A job has a kind" : `There is no kind of job ${JSON.stringify(name)}${meant}`;
    throw new DatadamError("INVALID_OPTION", message, { hint: `Kinds: ${known.join(", ")}.` });
  }
  const result = kind.schema.safeParse(value);
  if (result.success) return JSON.parse(JSON.stringify(result.data)) as JobValue;
  const lines = result.error.issues.flatMap((issue) => {
    const key = issue.path.join(".");
    return linesOf(issue, value).map((line) => line + where(key));
  });
  const several = `${lines.length} problems in the job:\n  ${lines.join("\n  ")}`;
  throw new DatadamError("INVALID_OPTION", lines.length === 1 ? lines[0]! : several);
}

/** The kind of a value, and the value parsed. @throws DatadamError INVALID_OPTION */
export function kindOf(value: unknown): [kind: Kind, job: JobValue] {
  const parsed = job(value);
  return [kinds.find((other) => other.kind === parsed.kind)!, parsed];
}

/** JSON Schema of all jobs, for editors. */
export function jobSchema(): Record<string, unknown> {
  const anyOf = kinds.map(({ schema, about, jsonSchema }) => ({
    ...(jsonSchema?.() ?? (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Record<string, unknown>)),
    description: about,
  }));
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "A job of datadam", anyOf };
}

function linesOf(issue: z.core.$ZodIssue, input: unknown): string[] {
  const at = (path: readonly PropertyKey[]): unknown =>
    path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `unknown key ${JSON.stringify(path === "" ? key : `${path}.${key}`)}`);
  }
  if (issue.code === "custom") return issue.message.split("\n");
  const got = JSON.stringify(at(issue.path));
  return [`${path === "" ? "the job" : path}: ${expectation(issue)}, got ${got ?? "nothing"}`];
}
