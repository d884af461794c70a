// What is recorded of a table, cell by cell.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { type Interval, mean, pairedDifference, sampleStd } from "../../statistics/index.ts";
import { identify } from "./identity.ts";
import type { Records } from "./records.ts";
import { meant } from "./schema.ts";
import type { Sources } from "./sources.ts";
import type { Identity, Plan, PlannedCell, Published, Unit } from "./types.ts";

/** Points from which on a cell's distance from its published value is marked. */
export const NOTABLE = 3;

interface Measured {
  readonly seed: number;
  readonly network: number;
  /** In per cent. */
  readonly accuracy: number;
}

export interface CellResult {
  readonly row: string;
  readonly column: string;
  /** Why the cell is left out, or null. */
  readonly leftOut: string | null;
  /** Over seeds and networks; null where nothing is recorded. */
  readonly mean: number | null;
  /** Sample standard deviation. */
  readonly std: number | null;
  /** Number of accuracies that the table is to have; `measured` holds those that are there. */
  readonly wanted: number;
  readonly measured: readonly Measured[];
  /** Of distillation; null for other rows. */
  readonly iterations: number | null;
  readonly protocol: string;
  /** Null where the images were never seen here. */
  readonly network: Identity["evaluation"]["network"] | null;
  readonly published: Published | null;
  /** From the published mean. */
  readonly difference: number | null;
}

/** The results of all cells, by the records alone: nothing is loaded. */
export async function collect(plan: Plan, sources: Sources, records: Records): Promise<CellResult[]> {
  const results: CellResult[] = [];
  for (const cell of plan.cells.flat()) results.push(await resultOf(cell, sources, records));
  return results;
}

async function resultOf(cell: PlannedCell, sources: Sources, records: Records): Promise<CellResult> {
  const { row, column, obstacle, units, published } = cell;
  const found: Found[] = [];
  const measured: Measured[] = [];
  for (const unit of units) {
    const identity = await identityOf(unit, sources);
    found.push({ unit, identity });
    const known = identity === undefined ? [] : await records.accuracies(identity);
    const accuracies = known
      .slice(0, unit.networks)
      .map((accuracy, network) => ({ seed: unit.seed, network, accuracy }));
    measured.push(...accuracies);
  }
  const values = measured.map(({ accuracy }) => accuracy);
  const some = values.length > 0;
  return {
    row,
    column,
    leftOut: obstacle ?? null,
    mean: some ? mean(values) : null,
    std: some ? sampleStd(values) : null,
    wanted: units.reduce((total, { networks }) => total + networks, 0),
    measured,
    iterations: iterationsOf(found[0]),
    protocol: units[0] === undefined ? "" : protocolText(units[0]),
    network: found[0]?.identity?.evaluation.network ?? null,
    published: published ?? null,
    difference: some && published !== undefined ? mean(values) - published.mean : null,
  };
}

/** Undefined where the records do not know the unit's images. */
export async function identityOf(unit: Unit, sources: Sources): Promise<Identity | undefined> {
  const data = await sources.known(unit);
  const file = await sources.file(unit);
  if (data === undefined || (unit.subject.file !== undefined && file === undefined)) return undefined;
  return identify(unit, data, file);
}

interface Found {
  readonly unit: Unit;
  readonly identity: Identity | undefined;
}

function iterationsOf(found: Found | undefined): number | null {
  if (found === undefined) return null;
  if (found.unit.subject.kind === "distill") return found.unit.subject.config.iterations;
  const { iteration } = (found.unit.subject.kind === "file" && found.identity?.provenance) || {};
  return typeof iteration === "number" ? iteration : null;
}

function protocolText({ protocol: { name, epochs, batch } }: Unit): string {
  return `${name} (${counted(epochs, "epoch")} of batches of ${batch})`;
}

/** Two rows under one column. */
export interface Comparison {
  readonly column: string;
  readonly a: string;
  readonly b: string;
  /** Of `a` minus `b`, in points, with Student's 95 % interval. */
  readonly mean: number;
  readonly interval: Interval | null;
  readonly pairs: number;
}

/**
 * The rows' difference under each column, paired over seed and number of the network, as far as both are measured.
 *
 * @param text `A,B`: names of rows, which may have commas themselves.
 */
export function compare(text: string, { rows, columns }: Plan, results: readonly CellResult[]): Comparison[] {
  const [a, b] = rowsOf(text, rows);
  return columns.flatMap(({ name: column }) => {
    const [first, second] = [a, b].map((row) => results.find((cell) => cell.row === row && cell.column === column)!);
    const pairs = first!.measured.flatMap(({ seed, network, accuracy }) => {
      const other = second!.measured.find((one) => one.seed === seed && one.network === network);
      return other === undefined ? [] : [[accuracy, other.accuracy] as const];
    });
    if (pairs.length === 0) return [];
    const difference = pairedDifference(
      pairs.map(([mine]) => mine),
      pairs.map(([, other]) => other),
    );
    return [{ column, a, b, ...difference, interval: difference.interval ?? null }];
  });
}

function rowsOf(text: string, rows: readonly string[]): [string, string] {
  const parts = text.split(",");
  for (let at = 1; at < parts.length; at++) {
    const [a, b] = [parts.slice(0, at).join(",").trim(), parts.slice(at).join(",").trim()];
    if (rows.includes(a) && rows.includes(b) && a !== b) return [a, b];
  }
  const wrong = parts.length === 2 ? parts.map((part) => part.trim()).find((part) => !rows.includes(part)) : undefined;
  throw new DatadamError(
    "INVALID_OPTION",
    wrong === undefined
      ? `\`compare\` ${JSON.stringify(text)} does not name two rows`
      : `\`compare\`: there is no row ${meant(wrong, rows)}`,
    { hint: `Give two of: ${rows.join("; ")}.` },
  );
}
