// Evaluations on stdout: one as a table of its rows, several with random and distilled beside each other.

import { join } from "node:path";
import { networkTitle } from "../../evaluate/index.ts";
import type { EvaluateResult } from "../../lab/index.ts";
import { show } from "../folders.ts";
import { duration } from "../reporter.ts";
import { accuracy, table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { accuracyTable, CHECKED, ROW_NAMES } from "./evaluating.ts";

/** @param subject the run or file that was evaluated. */
export function printEvaluations(subject: string, { entries, ipc, names, count, kept }: EvaluateResult, ui: Ui): void {
  const source = kept ? {} : { source: subject };
  const picture = kept ? `\n\npicture: ${show(join(subject, "result.png"))}` : "";
  if (entries.length === 1) {
    const { distilled, random, whole } = entries[0]!;
    const rows = { distilled, ...(random && { random }), ...(whole && { whole }) };
    ui.result(accuracyTable(rows, ipc, { names, wholeCount: count }) + picture, { ...source, ...entries[0]! });
    return;
  }
  const compared = entries.some(({ random }) => random !== undefined);
  const checked = entries.some(({ distilled }) => distilled.best !== undefined);
  const rows = entries.map(({ distilled, random }) => [
    networkTitle(distilled.network),
    `${ipc} a class`,
    ...(compared ? [random === undefined ? "" : accuracy(random)] : []),
    accuracy(distilled),
    ...(checked ? [distilled.best === undefined ? "" : accuracy(distilled.best)] : []),
    String(distilled.accuracies.length),
    duration(distilled.seconds + (random?.seconds ?? 0)),
  ]);
  const name = (row: string): string => names[row] ?? ROW_NAMES[row]!;
  const columns = compared ? [name("random"), name("distilled")] : [name("distilled")];
  const header = ["network", "images", ...columns, ...(checked ? [CHECKED] : []), "networks", "time"];
  ui.result(table(header, rows) + picture, { ...source, evaluations: entries });
}
