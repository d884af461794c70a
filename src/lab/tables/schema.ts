// The value of a table: what it may hold, and what is wrong where it holds something else.

import * as z from "zod";
import { readingSchema } from "../../data/readingOptions.ts";
import { type DecidingArgument, decidingArguments } from "../../data/readingTable.ts";
import {
  configKeys,
  expectation,
  linesIn,
  METHOD_NAMES,
  type MethodName,
  nearest,
} from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { architectureNames } from "../../nn/index.ts";
import { networkOptionShape } from "../../nn/networkKeys.ts";
import { isShown, quoted } from "../../quoted.ts";
import { SELECT_METHODS, type SelectMethod } from "../../select/index.ts";
import { parseProtocol } from "../../train/index.ts";
import { type BankRecipe, recipeSchema } from "../bank/recipe.ts";
import { type DataOptions, dataSchema, type Execution, executionSchema } from "../inputs/data.ts";
import { SPACES, type Space } from "../inputs/sets.ts";
import type { Features, NamedData, NetworkChoice, Published } from "./types.ts";

const count = z.int().positive();
const name = z.string().min(1);
const seeds = z.array(z.int().nonnegative()).min(1);
const config = z.record(z.string(), z.unknown());

/** Where the images come from, and how they are read. */
const source = {
  dataset: name.optional(),
  ...(Object.fromEntries(decidingArguments.map((key) => [key, readingSchema.shape[key]])) as Pick<
    typeof readingSchema.shape,
    DecidingArgument
  >),
};

const arch = z.enum(architectureNames);

/** How sets are evaluated. */
const evaluation = {
  protocol: name.optional(),
  epochs: count.optional(),
  batch: count.optional(),
  networks: count.optional(),
  arch: arch.optional(),
  ...networkOptionShape,
};

const features = z.strictObject({ arch, ...networkOptionShape });

const published = z.strictObject({ mean: z.number(), std: z.number().nonnegative().optional(), source: name });

const cell = z.strictObject({
  published: published.optional(),
  config: config.optional(),
  skip: name.optional(),
  run: name.regex(/^[^/\\]+$/).optional(),
});

const column = z.strictObject({
  name,
  ipc: count.optional(),
  seeds: seeds.optional(),
  ...source,
  ...evaluation,
  config: config.optional(),
});

const KINDS = ["distill", "select", "path", "whole"] as const;

/** Where banks are kept is the table's affair. */
const bankOfRow = recipeSchema.omit({ path: true, within: true });

const row = z.strictObject({
  name,
  distill: z.enum(METHOD_NAMES).optional(),
  select: z.enum(SELECT_METHODS as [SelectMethod, ...SelectMethod[]]).optional(),
  features: z.union([z.enum(["pixels", ...arch.options]), features]).optional(),
  parameters: name.optional(),
  path: z.union([name, z.record(z.string(), name)]).optional(),
  space: z.enum(SPACES).optional(),
  whole: z.literal(true).optional(),
  preset: name.optional(),
  bank: bankOfRow.optional(),
  protocol: name.optional(),
  epochs: count.optional(),
  batch: count.optional(),
  config: config.optional(),
  seeds: seeds.optional(),
  cells: z.record(z.string(), cell).optional(),
});

const table = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().optional(),
  seeds: seeds.default([0]),
  ...source,
  ...evaluation,
  config: config.optional(),
  columns: z.array(column).min(1),
  rows: z.array(row).min(1),
});

/** What a job says beside the table itself. */
const job = table.omit({ $schema: true }).extend({
  kind: z.literal("table"),
  folder: z.string().optional().describe("Folder that paths of the table are relative to (default: the current one)."),
  data: dataSchema.omit({ dataset: true }).optional().describe("How images are read, apart from the columns."),
  only: z
    .strictObject({ rows: z.array(name).optional(), columns: z.array(name).optional() })
    .optional()
    .describe("Rows and columns to keep (default: all)."),
  records: name.optional().describe("Folder of the records (default: `records` in the folder of the job)."),
  work: name.optional().describe("Folder of the sets and of what is half done (default: the folder of the job)."),
  execution: executionSchema.optional(),
});

/** Keys of a job. */
export const JOB_KEYS: readonly string[] = Object.keys(job.shape);

/** JSON Schema of a job. */
export function tableSchema(): Record<string, unknown> {
  return z.toJSONSchema(job, { io: "input" }) as Record<string, unknown>;
}

interface EvaluationKeys extends NetworkChoice {
  readonly protocol?: string;
  readonly epochs?: number;
  readonly batch?: number;
  /** Fresh networks for each set. Default 3. */
  readonly networks?: number;
}

type SourceKeys = Partial<NamedData>;

type Config = Readonly<Record<string, unknown>>;

export interface TableColumn extends SourceKeys, EvaluationKeys {
  readonly name: string;
  readonly ipc?: number;
  /** Default: those of the table. */
  readonly seeds?: readonly number[];
  readonly config?: Config;
}

export interface TableCell {
  readonly published?: Published;
  /** Configuration of this cell alone. */
  readonly config?: Config;
  /** Why the cell is left out. */
  readonly skip?: string;
  /** Name of the folder of its set, for people. Default: by what decides the set. */
  readonly run?: string;
}

export interface TableRow {
  readonly name: string;
  readonly distill?: MethodName;
  readonly select?: SelectMethod;
  /** Where a selection takes distances. Default `convnet`. */
  readonly features?: Features;
  /** Trained parameters of the features' network, relative to the table. */
  readonly parameters?: string;
  /** A file or run, or one for each column; relative to the table. */
  readonly path?: string | Readonly<Record<string, string>>;
  /** Of a file of another program: what its numbers are. Default `normalized`. */
  readonly space?: Space;
  /** A network trained on all images, one a seed. */
  readonly whole?: true;
  readonly preset?: string;
  /** Of a row of the whole set; others have that of the column. Default `whole`. */
  readonly protocol?: string;
  readonly epochs?: number;
  readonly batch?: number;
  /** What is trained first. Default: as the preset has it. */
  readonly bank?: Omit<BankRecipe, "path" | "within">;
  readonly config?: Config;
  /** Default: those of the column. */
  readonly seeds?: readonly number[];
  /** By the names of columns. */
  readonly cells?: Readonly<Record<string, TableCell>>;
}

/** Columns say what they want apart from what the table says. */
export interface TableFile extends SourceKeys, EvaluationKeys {
  /** For editors. */
  readonly $schema?: string;
  readonly title?: string;
  readonly seeds: readonly number[];
  readonly config?: Config;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

/** A table, and where its files are. */
export interface TableJob extends TableFile {
  readonly kind: "table";
  readonly folder?: string | undefined;
  readonly data?: Omit<DataOptions, "dataset"> | undefined;
  readonly only?: { readonly rows?: readonly string[]; readonly columns?: readonly string[] } | undefined;
  readonly records?: string | undefined;
  readonly work?: string | undefined;
  readonly execution?: Execution | undefined;
}

/**
 * Checks what the file of a table holds.
 *
 * @param path for the messages.
 * @throws DatadamError INVALID_OPTION with one line for each problem: which row or column, which key.
 */
export function parseTable(value: unknown, path: string): TableFile {
  const { problems, value: file } = examine(table, value);
  if (file !== undefined) return file as TableFile;
  throw new DatadamError("INVALID_OPTION", problems.length === 1 ? `${path}: ${problems[0]}` : linesIn(path, problems));
}

/** The schema of a job, which checks all that {@link parseTable} does. */
export const tableValue: z.ZodType<TableJob> = z.unknown().transform((value, context): TableJob => {
  const { problems, value: parsed } = examine(job, value);
  for (const message of problems) context.addIssue({ code: "custom", message });
  return parsed === undefined ? z.NEVER : (parsed as TableJob);
}) as unknown as z.ZodType<TableJob>;

function examine(schema: z.ZodType, value: unknown): { problems: string[]; value?: TableFile } {
  const result = schema.safeParse(value);
  const file = result.data as TableFile | undefined;
  const problems = file !== undefined ? check(file) : result.error!.issues.flatMap((issue) => describe(issue, value));
  return file !== undefined && problems.length === 0 ? { problems, value: file } : { problems: [...new Set(problems)] };
}

/** What the schema cannot express. */
function check({ rows, columns, protocol, seeds, config: shared }: TableFile): string[] {
  const names = columns.map((one) => one.name);
  const known = configKeys().map(({ key }) => key);
  const problems = [
    ...twice("row", rows),
    ...twice("column", columns),
    ...configProblems(shared, "config", known),
    ...repeated("seeds", seeds),
    ...protocolProblems(protocol, "protocol"),
  ];
  const add = (more: readonly string[]): void => {
    for (const problem of more) problems.push(problem); // there may be more than a call takes arguments
  };
  for (const one of columns) {
    add(configProblems(one.config, `column "${one.name}"`, known));
    add(protocolProblems(one.protocol, `column "${one.name}": protocol`));
    add(repeated(`column "${one.name}": seeds`, one.seeds ?? []));
  }
  for (const one of rows) {
    const where = `row "${one.name}"`;
    const kinds = KINDS.filter((kind) => one[kind] !== undefined);
    if (kinds.length !== 1) {
      problems.push(
        `${where}: must have one of ${KINDS.join(", ")}${kinds.length > 1 ? `, has ${kinds.join(" and ")}` : ""}`,
      );
    }
    if (one.preset !== undefined && one.distill === undefined)
      problems.push(`${where}: preset is for rows that distill`);
    if (one.bank !== undefined && one.distill === undefined) problems.push(`${where}: bank is for rows that distill`);
    for (const key of ["features", "parameters"] as const) {
      if (one[key] !== undefined && one.select === undefined) problems.push(`${where}: ${key} is for rows that select`);
    }
    if (one.features === "pixels" && (one.parameters !== undefined || one.select === "forgetting")) {
      const of = one.parameters === undefined ? "forgetting trains" : "parameters are of";
      problems.push(`${where}: features of pixels have no network, which ${of}`);
    }
    if (one.space !== undefined && one.path === undefined) problems.push(`${where}: space is for rows of a path`);
    for (const key of ["protocol", "epochs", "batch"] as const) {
      if (one[key] === undefined || one.whole) continue;
      problems.push(`${where}: ${key} is for rows of the whole set; this one has that of the column`);
    }
    add(protocolProblems(one.protocol, `${where}: protocol`));
    add(configProblems(one.config, where, known));
    add(repeated(`${where}: seeds`, one.seeds ?? []));
    for (const [key, cell] of Object.entries(one.cells ?? {})) {
      add(configProblems(cell.config, `${where}, cell "${key}"`, known));
      const column = columns.find((other) => other.name === key);
      if (cell.run !== undefined && seedsOf(one, column, seeds).length > 1) {
        problems.push(`${where}, cell "${key}": run is the folder of one set, and there are several seeds`);
      }
    }
    const paths = typeof one.path === "object" ? Object.keys(one.path) : [];
    for (const key of [...Object.keys(one.cells ?? {}), ...paths]) {
      if (names.includes(key)) continue;
      problems.push(`${where}: there is no column ${isShown(problems.length) ? meant(key, names) : quoted(key)}`);
    }
  }
  return problems;
}

/** Those of a cell: the row's, else the column's, else the table's. */
export function seedsOf(
  row: Pick<TableRow, "seeds">,
  column: Pick<TableColumn, "seeds"> | undefined,
  shared: readonly number[],
): readonly number[] {
  return row.seeds ?? column?.seeds ?? shared;
}

function twice(what: string, named: readonly { readonly name: string }[]): string[] {
  const seen = new Set<string>();
  const double = named.find(({ name }) => seen.size === seen.add(name).size);
  return double === undefined ? [] : [`two ${what}s have the name "${double.name}"`];
}

function repeated(where: string, seeds: readonly number[]): string[] {
  return new Set(seeds).size < seeds.length ? [`${where}: a seed comes twice`] : [];
}

/** Keys that are set by the table, its columns and rows themselves. */
const SET_ELSEWHERE: readonly string[] = ["ipc", "seed", "method"];

function configProblems(
  given: Readonly<Record<string, unknown>> | undefined,
  where: string,
  known: readonly string[],
): string[] {
  return Object.keys(given ?? {}).flatMap((key, i) => {
    if (!known.includes(key))
      return [`${where}: unknown configuration key ${isShown(i) ? meant(key, known) : quoted(key)}`];
    if (!SET_ELSEWHERE.includes(key)) return [];
    const place = { ipc: "ipc of the column", seed: "seeds", method: "distill of the row" }[key];
    return [`${where}: ${key} is not set by config, but by ${place}`];
  });
}

function protocolProblems(protocol: string | undefined, where: string): string[] {
  try {
    if (protocol !== undefined) parseProtocol(protocol);
    return [];
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    return [`${where}: ${error.message}${error.hint === undefined ? "" : `. ${error.hint}`}`];
  }
}

/** `"DN"; did you mean DM?` */
export function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return `${quoted(word)}${near === undefined ? "" : `; did you mean ${near}?`}`;
}

function describe(issue: z.core.$ZodIssue, value: unknown): string[] {
  const place = placeOf(issue.path, value);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    return issue.keys.map((key, i) => `${place}unknown key ${isShown(i) ? meant(key, known) : quoted(key)}`);
  }
  const got = issue.path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown>)?.[part], value);
  if (got === undefined) return [`${place}is missing`];
  const known = issue.code === "invalid_value" ? issue.values.map(String) : [];
  const near = typeof got === "string" ? nearest(got, known) : undefined;
  return [`${place}${expectation(issue)}, got ${quoted(got)}${near === undefined ? "" : `; did you mean ${near}?`}`];
}

/** `row "DM": seeds: `; rows and columns by their names, where they have some. */
function placeOf(path: readonly PropertyKey[], value: unknown): string {
  const [list, index, ...rest] = path;
  if ((list !== "rows" && list !== "columns") || typeof index !== "number") {
    return path.length === 0 ? "" : `${path.join(".")}: `;
  }
  const itemName = (value as Record<string, { name?: unknown }[]>)[list]?.[index]?.name;
  const title = `${list.slice(0, -1)} ${typeof itemName === "string" ? `"${itemName}"` : index + 1}`;
  return rest.length === 0 ? `${title}: ` : `${title}: ${rest.join(".")}: `;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  const shape = path.includes("published")
    ? published.shape
    : path.includes("cells")
      ? cell.shape
      : path[0] === "rows"
        ? row.shape
        : path[0] === "columns"
          ? column.shape
          : job.shape;
  return Object.keys(shape);
}
