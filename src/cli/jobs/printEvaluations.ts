// Evaluations on stdout: one as a table of its rows, several with random and distilled beside each other.

import { join } from "node:path";
import { counted } from "../../counted.ts";
import { networkTitle } from "../../evaluate/index.ts";
import { type ResultEntry, ROW_NAMES, ROWS } from "../../lab/folder/results.ts";
import type { EvaluateResult } from "../../lab/index.ts";
import { standardError } from "../../statistics/index.ts";
import { show } from "../folders.ts";
import { duration } from "../reporter.ts";
import { accuracy, table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { accuracyTable, CHECKED } from "./evaluating.ts";

/** @param subject the run or file that was evaluated. */
export function printEvaluations(
  subject: string,
  { entries, ipc, names, count, kept, wholeSeconds }: EvaluateResult,
  ui: Ui,
): void {
  const source = kept ? {} : { source: subject };
  const cost = wholeSeconds === undefined ? {} : { wholeSeconds: Number(wholeSeconds.toFixed(1)) };
  const open =
    wholeSeconds === undefined
      ? ""
      : `\nwhole set: not measured, about ${duration(wholeSeconds)} for its ${counted(count, "image")} (--whole)`;
  const below = open + (kept ? `\n\npicture: ${show(join(subject, "result.png"))}` : "");
  if (entries.length === 1) {
    const shown = accuracyTable(entries[0]!, ipc, { names, wholeCount: count });
    ui.result(shown + asGood(entries[0]!, "here") + below, { ...source, ...entries[0]!, ...cost });
    return;
  }
  const checked = entries.some(({ distilled }) => distilled.best !== undefined);
  const measured = ROWS.filter((row) => entries.some((entry) => entry[row] !== undefined));
  const rows = entries.map((entry) => {
    const { network, best, accuracies } = entry.distilled;
    const cells = measured.flatMap((row) => {
      const one = entry[row];
      const beside = checked && row === "distilled" ? [best === undefined ? "" : accuracy(best)] : [];
      return [one === undefined ? "" : accuracy(one), ...beside];
    });
    const seconds = measured.reduce((sum, row) => sum + (entry[row]?.seconds ?? 0), 0);
    return [networkTitle(network), `${ipc} a class`, ...cells, String(accuracies.length), duration(seconds)];
  });
  const columns = measured.flatMap((row) => [
    names[row] ?? ROW_NAMES[row],
    ...(checked && row === "distilled" ? [CHECKED] : []),
  ]);
  const header = ["network", "images", ...columns, "networks", "time"];
  const said = entries.map((entry) => asGood(entry, `with ${networkTitle(entry.distilled.network)}`)).join("");
  ui.result(table(header, rows) + said + below, { ...source, evaluations: entries, ...cost });
}

/** What real images are as good as the distilled ones, in sentences, each after an empty line. */
function asGood({ distilled, random, chosen }: ResultEntry, where: string): string {
  const kinds = [
    { name: "Random real images", real: random },
    { name: `Real images chosen by ${chosen?.method}`, real: chosen },
  ];
  const sentences = kinds.flatMap(({ name, real }) => {
    if (real === undefined) return [];
    const over = distilled.mean - real.mean;
    if (over > 0 && over >= 2 * standardError(distilled.accuracies, real.accuracies)) return [];
    const noise = over > 0 ? ", less than two standard errors apart" : "";
    return [`${name} are as good ${where}: ${real.mean.toFixed(1)} % against ${distilled.mean.toFixed(1)} %${noise}.`];
  });
  return sentences.map((sentence) => `\n\n${sentence}`).join("");
}
