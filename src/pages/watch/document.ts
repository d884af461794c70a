// The page that shows jobs as they work. All that it shows comes by its script.

import { html, raw } from "../html.ts";
import { hashOf } from "../policy.ts";
import type { Assets } from "../types.ts";
import { STATES } from "./states.ts";

/** The page and the policy that it is to be served with. @param folder for the heading */
export async function watchDocument(
  folder: string,
  { style, script }: Assets,
): Promise<{ readonly text: string; readonly policy: string }> {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>datadam watch</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<p class="brand">datadam watch</p>
<h1><bdi>${folder}</bdi></h1>
<p class="summary" id="counts" role="status">connecting</p>
</header>
<main id="content">
<section aria-labelledby="plans-title" id="plans" hidden><h2 id="plans-title">Plans</h2>
<div class="card"><div class="scroll" role="region" aria-label="Plans" tabindex="0"><table><thead><tr>
${["plan", "of", "progress", ...STATES].map((title) => html`<th scope="col">${title}</th>`)}
</tr></thead><tbody></tbody></table></div>
<ul class="note" id="troubles" hidden></ul></div></section>
<section aria-labelledby="queue-title" id="queue" hidden><h2 id="queue-title">Queue</h2><div class="card">
<p class="note" role="status"></p><ul class="note" hidden></ul></div></section>
<section aria-labelledby="runs-title"><h2 id="runs-title">Runs</h2>
<div class="controls">
<label class="filter">Filter <input type="search" id="filter" placeholder="name, data set, status"></label>
<label class="check"><input type="checkbox" id="parts"> Parts of runs</label></div>
<div class="card"><div class="scroll" role="region" aria-label="Runs" tabindex="0"><table id="runs"><thead><tr>
<th scope="col">compare</th>
${[
  ["name", "run"],
  ["about", "of"],
  ["status", "status"],
  ["progress", "progress"],
  ["left", "time left"],
  ["loss", "loss"],
  ["accuracy", "accuracy, %"],
  ["changed", "last change"],
].map(
  ([key, title]) =>
    html`<th scope="col" aria-sort="none"><button type="button" data-sort="${key}">${title}</button></th>`,
)}
</tr></thead><tbody></tbody></table></div>
<p class="note" id="empty" hidden>No runs here yet. They appear as they begin.</p></div></section>
<section aria-labelledby="compared-title" id="compared" hidden><h2 id="compared-title">Curves</h2><article class="card">
<div class="plots" id="curves"></div></article></section>
<section aria-labelledby="grids-title" id="grids" hidden><h2 id="grids-title">Images</h2>
<div class="runs" id="pictures"></div></section>
</main>
<footer><p>Read-only, and for this machine alone.</p></footer>
<script>${raw(script)}</script>
</body>
</html>
`;
  const policy =
    `default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; ` +
    `script-src '${await hashOf(script)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { text: page.text, policy };
}
