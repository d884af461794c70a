// `datadam ablate`: every combination of some configuration values, distilled, evaluated, and put into one table.

import { join } from "node:path";
import { impossible } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { networkFor } from "../../evaluate/index.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { canonicalJson, makeFolder, readRecord, readResults, readSyntheticSet, writeAtomic } from "../../run/index.ts";
import { parseProtocol } from "../../train/index.ts";
import { type DistillFlags, finishRun } from "../distilling.ts";
import { evaluateJob, runEvaluation } from "../evaluating.ts";
import { Interrupted } from "../fail.ts";
import { given } from "../flags.ts";
import { resolveSettings, type Settings } from "../settings.ts";
import { csvTable, markdownTable } from "../table.ts";
import type { Ui } from "../ui.ts";

export interface AblateFlags extends DistillFlags {
  readonly out: string;
  readonly vary: readonly (readonly [key: string, values: readonly unknown[]])[];
  readonly networks?: number;
  readonly protocol?: string;
  readonly format?: TableFormat;
}

type TableFormat = "markdown" | "csv" | "json";

const EXTENSIONS: Readonly<Record<TableFormat, string>> = { markdown: "md", csv: "csv", json: "json" };

/** One combination. */
interface Cell {
  readonly values: readonly (readonly [key: string, value: unknown])[];
  /** Name of its folder. */
  readonly name: string;
  readonly settings: Settings;
  /** Why it is left out. */
  readonly obstacle: string | undefined;
}

interface Row {
  readonly cell: Cell;
  readonly iteration?: number;
  readonly evaluation?: Evaluation;
}

export async function ablateCommand(flags: AblateFlags, ui: Ui): Promise<void> {
  const { out, networks = 3, protocol = "quick", format = ui.json ? "json" : "markdown" } = flags;
  parseProtocol(protocol);
  // All of it is checked before any of it is done.
  const cells = grid(flags);
  makeFolder(out);
  const rows: Row[] = cells.map((cell) => ({ cell }));
  for (const [index, cell] of cells.entries()) {
    const title = describe(cell);
    if (cell.obstacle !== undefined) {
      ui.reporter.warn(`${title} is left out: ${cell.obstacle}`);
      continue;
    }
    ui.reporter.note(`${index + 1} of ${cells.length}: ${title}`);
    try {
      rows[index] = { cell, ...(await measureCell(join(out, cell.name), cell, { networks, protocol }, ui)) };
    } catch (error) {
      if (error instanceof Interrupted) ui.reporter.warn("the same command goes on with the grid");
      throw error;
    }
    writeAtomic(join(out, `table.${EXTENSIONS[format]}`), `${render(rows, format)}\n`);
  }
  ui.result(render(rows, format), values(rows));
}

/** Brings a cell to its end; what is there already is not done again. */
async function measureCell(
  folder: string,
  { settings }: Cell,
  evaluation: { readonly networks: number; readonly protocol: string },
  ui: Ui,
): Promise<{ iteration: number; evaluation: Evaluation }> {
  await finishRun(folder, settings, ui);
  const { config } = readRecord(folder);
  const network = networkFor(readSyntheticSet(folder), {}, parseProtocol(evaluation.protocol).norm);
  const own = canonicalJson({ name: network.name, ...network.options });
  // Others may have been added by `datadam evaluate`: of other networks, or on soft labels.
  const known = readResults(folder).find(
    ({ iteration, distilled, softLabels }) =>
      iteration === config.iterations &&
      softLabels === undefined &&
      distilled.protocol.name === evaluation.protocol &&
      distilled.accuracies.length === evaluation.networks &&
      canonicalJson(distilled.network) === own,
  );
  const entry =
    known ??
    (
      await runEvaluation(
        evaluateJob(folder, {
          ...evaluation,
          random: false,
          ...given(settings.job, ["dataDir", "workers", "device"]),
        }),
        ui,
      )
    ).entries[0]!;
  return { iteration: entry.iteration, evaluation: entry.distilled };
}

/** All combinations, the last key running fastest. */
function grid(flags: AblateFlags): Cell[] {
  const { vary, networks: _, protocol: __, format: ___, ...rest } = flags;
  let combinations: (readonly (readonly [string, unknown])[])[] = [[]];
  for (const [key, options] of vary) {
    combinations = combinations.flatMap((earlier) => options.map((value) => [...earlier, [key, value] as const]));
  }
  const cells = combinations.map((combination): Cell => {
    const own: DistillFlags = {
      ...rest,
      set: [...(rest.set ?? []), ...combination.map(([k, v]) => [k, v] as [string, unknown])],
    };
    const settings = resolveSettings(own, process.env, ".", "--set or --vary");
    return {
      values: combination,
      name: combination.map(([key, value]) => `${key}=${slug(value)}`).join(","),
      settings,
      obstacle: impossible(settings.config)?.reason,
    };
  });
  const twice = cells.find(({ name }, i) => cells.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new DatadamError("INVALID_OPTION", `--vary: two combinations have the name ${twice.name}`, {
      hint: "Give each value once.",
    });
  }
  return cells;
}

/** A value as a part of a file name. */
function slug(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replace(/^\[|\]$/g, "").replaceAll(/[^\w.-]+/g, "-");
}

function describe({ values: combination }: Cell): string {
  return combination.map(([key, value]) => `${key}=${show(value)}`).join(", ");
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function render(rows: readonly Row[], format: TableFormat): string {
  if (format === "json") return JSON.stringify(values(rows), undefined, 2);
  const keys = rows[0]!.cell.values.map(([key]) => key);
  const header = ["iterations", "test accuracy, %", "std", "networks", "protocol"];
  const body = rows.map(({ cell, iteration, evaluation }) => [
    ...cell.values.map(([, value]) => show(value)),
    ...(evaluation === undefined
      ? ["", cell.obstacle === undefined ? "" : "left out", "", "", ""]
      : [
          String(iteration),
          evaluation.mean.toFixed(1),
          evaluation.accuracies.length > 1 ? evaluation.std.toFixed(1) : "",
          String(evaluation.accuracies.length),
          evaluation.protocol.name,
        ]),
  ]);
  return (format === "csv" ? csvTable : markdownTable)([...keys, ...header], body);
}

/** The rows as plain JSON. */
function values(rows: readonly Row[]): unknown {
  return rows.map(({ cell, iteration, evaluation }) => ({
    values: Object.fromEntries(cell.values),
    run: cell.name,
    ...(cell.obstacle === undefined ? {} : { leftOut: cell.obstacle }),
    ...(evaluation === undefined
      ? {}
      : {
          iteration,
          mean: evaluation.mean,
          std: evaluation.std,
          accuracies: evaluation.accuracies,
          protocol: evaluation.protocol.name,
        }),
  }));
}
