// A report: one HTML file that needs nothing else.

import { type Html, html, raw, scriptJson } from "../html.ts";
import { hashOf } from "../policy.ts";
import type { Assets, Report, ReportRun } from "../types.ts";
import { accuracySection } from "./accuracy.ts";
import { answersSection } from "./answers.ts";
import { imagesSection } from "./images.ts";
import { lossSection } from "./losses.ts";
import { settingsSection, useSection } from "./settings.ts";
import { tablesSection } from "./tables.ts";

/**
 * The report as the text of an HTML file: styles, script and images inside, nothing loaded, no other script obeyed.
 * Names and texts of runs are data, never markup.
 */
export async function reportDocument(report: Report, { style, script }: Assets): Promise<string> {
  const runs = report.parts.filter((part): part is ReportRun => part.kind === "run");
  const sections = [
    imagesSection(runs),
    tablesSection(report.parts.filter((part) => part.kind === "table")),
    accuracySection(runs),
    lossSection(runs),
    answersSection(runs),
    settingsSection(runs),
    useSection(report),
  ].filter((section) => section !== undefined);
  const data = {
    runs: runs.map(({ name, classNames, labels, stages, nearest }) => ({
      name,
      classNames,
      labels,
      stages: stages.map((stage, i) => (i === stages.length - 1 ? { ...stage, images: [] } : stage)),
      nearest,
    })),
  };
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${await hashOf(script)}'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${report.title}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<p class="brand">datadam report</p>
<h1>${report.title}</h1>
${runs.map(
  (run) =>
    html`<p class="summary">${
      runs.length > 1 &&
      html`<b><bdi>${run.name}</bdi>
</b>`
    }${run.summary.map((fact) => html`<span><bdi>${fact}</bdi></span>`)}</p>`,
)}
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main id="content">
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">
${title}</h2>${body}</section>`,
)}
</main>
<footer><p>${report.made}</p></footer>
${viewer()}
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${raw(script)}</script>
</body>
</html>
`;
  return page.text;
}

/** The window in which an image is shown large. */
function viewer(): Html {
  return html`<dialog id="viewer" aria-labelledby="viewer-title"><div class="viewer-head"><h2 id="viewer-title"></h2>
<button type="button" class="close" data-do="close" aria-label="Close">✕</button></div>
<div class="viewer-images"><figure><img id="viewer-image" alt=""><figcaption id="viewer-caption"></figcaption></figure>
<figure id="viewer-nearest"><img alt=""><figcaption></figcaption></figure></div>
<ol id="viewer-stages" aria-label="Through the iterations"></ol>
<p class="viewer-keys"><button type="button" data-do="before">← before</button>
<button type="button" data-do="after">after →</button></p></dialog>`;
}
