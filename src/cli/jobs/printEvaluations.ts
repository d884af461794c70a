// Evaluations on stdout: one as a table of its rows, several with random and distilled beside each other.

import { join } from "node:path";
import { counted } from "../../counted.ts";
import { networkTitle } from "../../evaluate/index.ts";
import type { ResultEntry } from "../../lab/folder/results.ts";
import type { EvaluateResult } from "../../lab/index.ts";
import { standardError } from "../../statistics/index.ts";
import { show } from "../folders.ts";
import { duration } from "../reporter.ts";
import { accuracy, table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { accuracyTable, CHECKED, ROW_NAMES } from "./evaluating.ts";

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
    const said = asGood(entries[0]!).map((sentence) => `\n\n${sentence}`);
    ui.result([shown, ...said, below].join(""), { ...source, ...entries[0]!, ...cost });
    return;
  }
  const compared = entries.some(({ random }) => random !== undefined);
  const checked = entries.some(({ distilled }) => distilled.best !== undefined);
  const besides = entries.some(({ chosen }) => chosen !== undefined);
  const withWhole = entries.some(({ whole }) => whole !== undefined);
  const rows = entries.map(({ distilled, random, chosen, whole }) => [
    networkTitle(distilled.network),
    `${ipc} a class`,
    ...(compared ? [random === undefined ? "" : accuracy(random)] : []),
    ...(besides ? [chosen === undefined ? "" : accuracy(chosen)] : []),
    accuracy(distilled),
    ...(checked ? [distilled.best === undefined ? "" : accuracy(distilled.best)] : []),
    ...(withWhole ? [whole === undefined ? "" : accuracy(whole)] : []),
    String(distilled.accuracies.length),
    duration(distilled.seconds + (random?.seconds ?? 0) + (chosen?.seconds ?? 0) + (whole?.seconds ?? 0)),
  ]);
  const name = (row: string): string => names[row] ?? ROW_NAMES[row]!;
  const columns = [...(compared ? ["random"] : []), ...(besides ? ["chosen"] : []), "distilled"].map(name);
  const beside = [...(checked ? [CHECKED] : []), ...(withWhole ? [name("whole")] : [])];
  const header = ["network", "images", ...columns, ...beside, "networks", "time"];
  ui.result(table(header, rows) + below, { ...source, evaluations: entries, ...cost });
}

/** What real images are as good as the distilled ones, in sentences. */
function asGood({ distilled, random, chosen }: ResultEntry): string[] {
  const kinds = [
    { name: "Random real images", real: random },
    { name: `Real images chosen by ${chosen?.method}`, real: chosen },
  ];
  return kinds.flatMap(({ name, real }) => {
    if (real === undefined) return [];
    const over = distilled.mean - real.mean;
    if (over > 0 && over >= 2 * standardError(distilled.accuracies, real.accuracies)) return [];
    const noise = over > 0 ? ", less than two standard errors apart" : "";
    return [`${name} are as good here: ${real.mean.toFixed(1)} % against ${distilled.mean.toFixed(1)} %${noise}.`];
  });
}
