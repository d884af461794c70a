// `datadam evaluate RUN|FILE`: how well networks do that have seen nothing but the distilled set.

import type { Evaluation } from "../../evaluate/types.ts";
import type { ResultEntry } from "../../run/index.ts";
import { accuracyTable, type EvaluateFlags, evaluateRun, ROW_NAMES, type RowNames } from "../evaluating.ts";
import { titleOf } from "../networks.ts";
import { duration } from "../reporter.ts";
import { accuracy, table } from "../table.ts";
import type { Ui } from "../ui.ts";

export async function evaluateCommand(path: string, flags: EvaluateFlags, ui: Ui): Promise<void> {
  const { entries, ipc, names, directory } = await evaluateRun(path, flags, ui);
  const source = directory === undefined ? { source: path } : {};
  if (entries.length === 1) {
    ui.result(accuracyTable(rowsOf(entries[0]!), ipc, { names }), { ...source, ...entries[0]! });
  } else ui.result(networksTable(entries, ipc, names), { ...source, evaluations: entries });
}

function rowsOf({ distilled, random }: ResultEntry): Record<string, Evaluation> {
  return { distilled, ...(random === undefined ? {} : { random }) };
}

/** Rows of several networks, random and distilled beside each other. */
function networksTable(entries: readonly ResultEntry[], ipc: number, names: RowNames): string {
  const rows = entries.map(({ distilled, random }) => [
    titleOf(distilled.network),
    `${ipc} a class`,
    random === undefined ? "" : accuracy(random),
    accuracy(distilled),
    String(distilled.accuracies.length),
    duration(distilled.seconds + (random?.seconds ?? 0)),
  ]);
  const name = (row: string): string => names[row] ?? ROW_NAMES[row]!;
  return table(["network", "images", name("random"), name("distilled"), "networks", "time"], rows);
}
