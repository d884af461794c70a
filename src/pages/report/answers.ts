// Confusion matrices and accuracies by class of the networks of the newest evaluation.

import type { Evaluation } from "../../evaluate/types.ts";
import type { PlotSeries } from "../../plots/index.ts";
import { shortened } from "../../quoted.ts";
import { type Html, html } from "../html.ts";
import type { ReportRun } from "../types.ts";
import { drawn, type Section, scrolling, sideBySide } from "./section.ts";

/** Classes of a matrix that is a table, and of a figure by class: beyond, the most frequent mistakes are told. */
const IN_TABLE = 25;
const IN_FIGURE = 60;
const MISTAKES = 15;

export function answersSection(runs: readonly ReportRun[]): Section | undefined {
  const body = sideBySide(runs, (run) => {
    const entry = [...run.evaluations].reverse().find(({ distilled }) => distilled.byClass !== undefined);
    if (entry === undefined) return undefined;
    const { distilled, random } = entry;
    const summed = distilled.confusion && sumOf(distilled.confusion);
    const few = run.classNames.length <= IN_TABLE;
    return html`<div class="plots">
${byClass(run, distilled, random)}${summed && (few ? matrixTable(run, summed) : mistakes(run, summed))}</div>`;
  });
  return body && { id: "classes", title: "Classes", body };
}

type Matrix = readonly (readonly number[])[];

function sumOf(matrices: readonly Matrix[]): Matrix {
  return matrices[0]!.map((row, i) => row.map((_, k) => matrices.reduce((total, one) => total + one[i]![k]!, 0)));
}

function byClass({ classNames }: ReportRun, distilled: Evaluation, random: Evaluation | undefined): Html | undefined {
  const means = (one: Evaluation | undefined): (number | null)[] | undefined => one?.byClass && meansOf(one.byClass);
  const [mine, others] = [means(distilled)!, means(random)];
  const order = [...classNames.keys()].filter((label) => mine[label] !== null && mine[label] !== undefined);
  order.sort((a, b) => mine[b]! - mine[a]!);
  const shown = order.length <= IN_FIGURE ? order : [...order.slice(0, 20), ...order.slice(-20)];
  const series = (name: string, values: readonly (number | null)[]): PlotSeries => ({
    name,
    style: "scatter",
    points: shown.flatMap((label, y) =>
      values[label] === null
        ? []
        : [{ x: values[label]!, y, label: `${classNames[label]}: ${values[label]!.toFixed(1)} %` }],
    ),
  });
  const ticks = shown.map((label, value) => ({ value, label: shortened(classNames[label]!, 20) }));
  const figure = drawn([
    {
      title: "Accuracy by class",
      x: { label: "test accuracy, %", domain: [-3, 103] },
      y: { label: "", ticks, domain: [shown.length - 0.5, -0.5] },
      width: 520,
      height: 90 + 20 * shown.length,
      series: [series("distilled", mine), ...(others ? [series("random real", others)] : [])],
    },
  ]);
  const left = order.length - shown.length;
  return html`<div>
${figure}${left > 0 && html`<p class="note">The best and the worst 20 of ${order.length} classes.</p>`}</div>`;
}

function meansOf(byNetwork: readonly (readonly (number | null)[])[]): (number | null)[] {
  return byNetwork[0]!.map((_, label) => {
    const values = byNetwork.flatMap((one) => (one[label] === null ? [] : [one[label]!]));
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
  });
}

function matrixTable({ classNames }: ReportRun, matrix: Matrix): Html {
  const name = (label: number): Html => html`<bdi>${shortened(classNames[label] ?? String(label), 24)}</bdi>`;
  const table = html`<table class="matrix">
<caption>Confusion matrix: per cent of a class (row) that was taken for a class (column)</caption>
<thead><tr><td></td>${matrix.map((_, label) => html`<th scope="col"><span>${name(label)}</span></th>`)}</tr></thead>
<tbody>${matrix.map((row, label) => {
    const images = row.reduce((total, count) => total + count, 0);
    return html`<tr><th scope="row">${name(label)}</th>${row.map((count, other) => {
      const share = images === 0 ? 0 : count / images;
      // No shade between these two: on neither would words be legible.
      const shade = share <= 0.6 ? share * 0.8 : 0.8 + (share - 0.6) / 2;
      const hot = share > 0.6;
      return html`<td class="${hot && "hot"}${other === label && " own"}" style="--v:${shade.toFixed(3)}">
${share >= 0.005 ? Math.round(100 * share) : ""}</td>`;
    })}</tr>`;
  })}</tbody></table>`;
  return scrolling("Confusion matrix", table);
}

function mistakes({ classNames }: ReportRun, matrix: Matrix): Html {
  const pairs = matrix.flatMap((row, label) => {
    const images = row.reduce((total, count) => total + count, 0);
    return row.flatMap((count, other) =>
      other === label || count === 0 ? [] : [{ label, other, share: count / images }],
    );
  });
  const first = pairs.sort((a, b) => b.share - a.share).slice(0, MISTAKES);
  const table = html`<table><caption>The most frequent mistakes of ${matrix.length} classes</caption><thead><tr>
<th scope="col">class</th><th scope="col">taken for</th><th scope="col">per cent of its images</th></tr></thead><tbody>
${first.map(
  ({ label, other, share }) =>
    html`<tr><th scope="row"><bdi>${classNames[label]}</bdi></th><td><bdi>${classNames[other]}</bdi></td>
<td class="number">${(100 * share).toFixed(1)}</td></tr>`,
)}</tbody></table>`;
  return scrolling("Mistakes", table);
}
