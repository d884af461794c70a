// What the sections of a report are made of.

import { figure, type Plot } from "../../plots/index.ts";
import { shortened } from "../../quoted.ts";
import { type Html, html, raw } from "../html.ts";
import type { ReportRun } from "../types.ts";

/** A part of the page under a heading, to which the navigation leads. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** Something of each run, side by side where there are several; the runs without it are left out. */
export function sideBySide(
  runs: readonly ReportRun[],
  bodyOf: (run: ReportRun, index: number) => Html | undefined,
): Html | undefined {
  const bodies = runs.flatMap((run, index) => {
    const body = bodyOf(run, index);
    return body === undefined ? [] : [{ run, body }];
  });
  if (bodies.length === 0) return undefined;
  const named = runs.length > 1;
  return html`<div class="runs">${bodies.map(
    ({ run, body }) =>
      html`<article class="card">${
        named &&
        html`<h3><bdi>
${run.name}</bdi></h3>`
      }${body}</article>`,
  )}</div>`;
}

/** Of a figure where the page is narrow: pixels, and characters of a category's name. */
const NARROW = { width: 340, name: 22 };

/** A figure in the colours of the page: drawn twice, since words of a wide one cannot be read where it is shrunk. */
export function drawn(panels: readonly Plot[]): Html {
  const of = (some: readonly Plot[]): Html => raw(figure(some, { columns: 1, colours: "page" }));
  return html`<div class="plot wide">${of(panels)}</div><div class="plot narrow">${of(panels.map(narrowed))}</div>`;
}

function narrowed(panel: Plot): Plot {
  const ticks = panel.y.ticks?.map(({ value, label }) => ({ value, label: shortened(label, NARROW.name) }));
  return { ...panel, width: NARROW.width, y: { ...panel.y, ...(ticks && { ticks }) } };
}

/** A table that scrolls where it is wider than the page. */
export function scrolling(label: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}
