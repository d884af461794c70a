// Tables of methods and settings.

import { html, raw } from "../html.ts";
import type { ReportTable } from "../types.ts";
import { type Section, scrolling } from "./section.ts";

export function tablesSection(tables: readonly ReportTable[]): Section | undefined {
  if (tables.length === 0) return undefined;
  const body = html`${tables.map(
    ({ title, columns, rows, notes, plot }) => html`<article class="card wide"><h3><bdi>${title}</bdi></h3>
${scrolling("Figure", html`<div class="plot">${raw(plot)}</div>`)}${scrolling(
  title,
  html`<table><thead><tr><td></td>${columns.map((column) => html`<th scope="col"><bdi>${column}</bdi></th>`)}</tr>
</thead><tbody>${rows.map(
    ({ name, cells }) =>
      html`<tr><th scope="row"><bdi>${name}</bdi></th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}
</tr>`,
  )}</tbody></table>`,
)}${notes.map((note) => html`<p class="note">${note}</p>`)}</article>`,
  )}`;
  return { id: "tables", title: tables.length > 1 ? "Tables" : "Table", body };
}
