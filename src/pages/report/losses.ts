// Loss and its parts by iteration.

import type { Plot, PlotSeries } from "../../plots/index.ts";
import { shortened } from "../../quoted.ts";
import { html } from "../html.ts";
import type { ReportRun } from "../types.ts";
import { drawn, type Section, sideBySide } from "./section.ts";

export function lossSection(runs: readonly ReportRun[]): Section | undefined {
  const body = sideBySide(runs, ({ losses }) => {
    const [loss, ...parts] = losses;
    if (loss === undefined) return undefined;
    const panels = [panel("loss", [{ ...loss, name: "" }]), ...(parts.length === 0 ? [] : [panel("its parts", parts)])];
    return html`<div class="plots">${panels.map((one) => drawn([one]))}</div>`;
  });
  if (body === undefined) return undefined;
  const known = runs.filter(({ losses }) => losses.length > 0);
  const together = known.map(({ name, losses }) => ({ ...losses[0]!, name: shortened(name, 30) }));
  const note = html`<p class="note">The band holds the values of the iterations that a point stands for.</p>`;
  const all = html`<article class="card wide"><h3>Loss of all runs</h3>${drawn([panel("loss", together, 860)])}
</article>`;
  return { id: "loss", title: "Loss", body: html`${known.length > 1 && all}${body}${note}` };
}

function panel(label: string, series: readonly PlotSeries[], width = 520): Plot {
  const values = series.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, high]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const log = least > 0 && most / least > 30;
  const capped = series.slice(0, 7).map((one) => ({ ...one, name: shortened(one.name, 30) }));
  return { x: { label: "iteration" }, y: { label, scale: log ? "log" : "linear" }, series: capped, width, height: 280 };
}
