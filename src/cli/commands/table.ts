// `datadam table FILE`: runs what is missing of a table of methods and columns, and prints it.

import { basename, join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { makeFolder, writeAtomic } from "../../run/index.ts";
import { Interrupted } from "../fail.ts";
import { given } from "../flags.ts";
import { type Execution, planTable } from "../tables/plan.ts";
import { openRecords } from "../tables/records.ts";
import { render, type TableFormat, tablePlot, values } from "../tables/report.ts";
import { collect, compare, identityOf } from "../tables/results.ts";
import { readTableFile } from "../tables/schema.ts";
import { openSources, type Sources } from "../tables/sources.ts";
import type { Plan, Unit } from "../tables/types.ts";
import { type Failure, fillTable, missing, type Workplace } from "../tables/work.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface TableFlags extends CommonFlags, Execution {
  readonly format?: TableFormat;
  /** Rows and columns to keep. */
  readonly only?: readonly string[];
  readonly column?: readonly string[];
  readonly compare?: readonly string[];
  readonly plot?: string;
  readonly work?: string;
  readonly records?: string;
  readonly dryRun?: boolean;
  /** False for `--no-run`. */
  readonly run?: boolean;
}

export async function tableCommand(path: string, flags: TableFlags, ui: Ui): Promise<void> {
  const { only, column, format = ui.json ? "json" : "markdown" } = flags;
  const execution: Execution = given(flags, ["dataDir", "workers", "device", "store"]);
  const plan = planTable(path, readTableFile(path), {
    ...execution,
    ...(only === undefined ? {} : { only }),
    ...(column === undefined ? {} : { columns: column }),
  });
  // Names of rows are checked before anything is run.
  const comparing = flags.compare ?? [];
  const stem = path.replace(/\.json$/i, "");
  const records = openRecords(flags.records ?? `${stem}.records`);
  const sources = openSources(records, ui);
  const compared = (): ReturnType<typeof compare> => {
    const results = collect(plan, sources, records);
    return comparing.flatMap((text) => compare(text, plan, results));
  };
  compared();
  const folder = flags.work ?? join("runs", `table-${basename(stem)}`);
  const place: Workplace = { folder, records, sources, execution, ui };
  if (flags.dryRun) {
    tellMissing(plan, place);
    return;
  }
  const failures = flags.run === false ? [] : await fill(plan, place);
  const report = { plan, results: collect(plan, sources, records), comparisons: compared() };
  if (flags.plot !== undefined) writeAtomic(flags.plot, tablePlot(report));
  ui.result(render(report, format), values(report));
  refuseFailures(failures);
}

async function fill(plan: Plan, place: Workplace): Promise<Failure[]> {
  const { ui, sources, records } = place;
  const pending = plan.cells.flat().flatMap(({ units }) => units.filter((unit) => !isRecorded(unit, sources, records)));
  if (pending.length === 0) return [];
  makeFolder(place.folder);
  try {
    return await fillTable(plan, place);
  } catch (error) {
    if (error instanceof Interrupted) ui.reporter.warn("the same command goes on with the table");
    throw error;
  } finally {
    ui.reporter.end();
  }
}

function isRecorded(unit: Unit, sources: Sources, records: Workplace["records"]): boolean {
  const identity = identityOf(unit, sources);
  return identity !== undefined && missing(unit, identity, records).length === 0;
}

/** What a run would do, without doing it. */
function tellMissing(plan: Plan, { sources, records, ui }: Workplace): void {
  const cells = plan.cells.flat();
  const pending = cells.flatMap(({ units }) =>
    units.flatMap((unit) => {
      const identity = identityOf(unit, sources);
      const count = identity === undefined ? unit.networks : missing(unit, identity, records).length;
      return count === 0 ? [] : [{ unit, count }];
    }),
  );
  const total = cells.reduce((sum, { units }) => sum + units.length, 0);
  const lines = pending.map(({ unit, count }) => {
    const { title, seed, subject, protocol } = unit;
    const made = { distill: "distilled", select: "chosen", file: "read", whole: "trained on" }[subject.kind];
    const { iterations } = subject.settings.config;
    const steps = subject.kind === "distill" ? `, ${iterations} iterations` : "";
    const { file } = subject;
    if (file !== undefined && sources.file(unit) === undefined)
      return `${title}, seed ${seed}: there is no ${file.said}`;
    return `${title}, seed ${seed}: ${made}${steps}; ${count} ${count === 1 ? "network" : "networks"}, ${protocol.name}, ${protocol.epochs} epochs`;
  });
  ui.result([...lines, `${pending.length} of ${total} to do`].join("\n"), {
    total,
    missing: pending.map(({ unit, count }) => ({ title: unit.title, seed: unit.seed, networks: count })),
  });
}

function refuseFailures(failures: readonly Failure[]): void {
  const [first] = failures;
  if (first === undefined) return;
  const { error, title } = first;
  const more = failures.length === 1 ? "" : ` (and ${failures.length - 1} more)`;
  throw new DatadamError(error.code, `${title}: ${error.message}${more}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
