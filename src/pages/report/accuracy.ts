// Accuracy of networks trained on the set, beside random real images and the whole set.

import { networkTitle } from "../../evaluate/index.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { type ResultEntry, ROWS, type RowName, rowName } from "../../lab/folder/results.ts";
import { shortened } from "../../quoted.ts";
import { type Html, html } from "../html.ts";
import type { ReportRun } from "../types.ts";
import { drawn, type Section, scrolling } from "./section.ts";

/** Rows of a figure and of the table at most: the newest. */
const MOST = 40;

interface Bar {
  readonly run: string;
  readonly entry: ResultEntry;
  readonly row: RowName;
  readonly evaluation: Evaluation;
}

export function accuracySection(runs: readonly ReportRun[]): Section | undefined {
  const bars = runs
    .flatMap(({ name, evaluations }) => evaluations.flatMap((entry) => barsOf(name, entry)))
    .slice(-MOST);
  if (bars.length === 0) {
    if (runs.length === 0) return undefined;
    return {
      id: "accuracy",
      title: "Accuracy",
      body: html`<p class="note">No evaluation is kept in ${runs.length > 1 ? "these runs" : "this run"}.</p>`,
    };
  }
  const several = new Set(bars.map(({ run }) => run)).size > 1;
  return {
    id: "accuracy",
    title: "Accuracy",
    body: html`<article class="card wide">${figureOf(bars, several)}${scrolling("Accuracies", tableOf(bars, several))}
<p class="note">Test accuracy at the last epoch of networks that were trained on the images alone: mean ± sample
standard deviation, and a dot for each network.</p></article>`,
  };
}

function barsOf(run: string, entry: ResultEntry): Bar[] {
  return ROWS.flatMap((row) => {
    const evaluation = entry[row];
    return evaluation === undefined ? [] : [{ run, entry, row, evaluation }];
  });
}

function figureOf(bars: readonly Bar[], several: boolean): Html {
  const networks = new Set(bars.map(({ evaluation }) => networkTitle(evaluation.network))).size > 1;
  const labelOf = ({ run, row, entry, evaluation }: Bar): string =>
    [rowName(row, entry), networks && networkTitle(evaluation.network), several && shortened(run, 24)]
      .filter(Boolean)
      .join(", ");
  const ticks = bars.map((bar, value) => ({ value, label: labelOf(bar) }));
  const of = (row: Bar["row"]) => {
    const mine = bars.flatMap((bar, y) => (bar.row === row ? [{ bar, y }] : []));
    return {
      name: "",
      style: "scatter" as const,
      errors: "x" as const,
      points: mine.flatMap(({ bar: { evaluation: one }, y }) => [
        {
          x: one.mean,
          y,
          low: one.mean - one.std,
          high: one.mean + one.std,
          label: `${one.mean.toFixed(2)} ± ${one.std.toFixed(2)} %`,
        },
        ...one.accuracies.map((x, i) => ({ x, y: y - 0.26, label: `network ${i + 1}: ${x.toFixed(2)} %` })),
      ]),
    };
  };
  const width = 760;
  return drawn([
    {
      x: { label: "test accuracy, %" },
      y: { label: "", ticks, domain: [bars.length - 0.5, -0.6] },
      width,
      height: 70 + 34 * bars.length,
      series: ROWS.map(of),
    },
  ]);
}

function tableOf(bars: readonly Bar[], several: boolean): Html {
  return html`<table><thead><tr>${several && html`<th scope="col">run</th>`}<th scope="col">trained on</th>
<th scope="col">network</th><th scope="col">protocol</th><th scope="col">accuracy, %</th>
<th scope="col">over random</th><th scope="col">networks</th></tr></thead>
<tbody>${bars.map(({ run, row, evaluation: one, entry }) => {
    const over = row === "distilled" && entry.random ? one.mean - entry.random.mean : undefined;
    return html`<tr>${several && html`<td><bdi>${run}</bdi></td>`}<th scope="row">${rowName(row, entry)}</th><td>
${networkTitle(one.network)}</td><td>${one.protocol.name}, ${one.protocol.epochs} epochs</td><td class="number">
${one.mean.toFixed(1)}${one.accuracies.length > 1 && ` ± ${one.std.toFixed(1)}`}</td><td class="number">
${over !== undefined && `${over < 0 ? "−" : "+"}${Math.abs(over).toFixed(1)}`}</td><td class="number">
${one.accuracies.length}</td></tr>`;
  })}</tbody></table>`;
}
