// What a run was made with, and how its images are used.

import { html } from "../html.ts";
import type { Fact, Report, ReportRun } from "../types.ts";
import { type Section, sideBySide } from "./section.ts";

export function settingsSection(runs: readonly ReportRun[]): Section | undefined {
  const body = sideBySide(
    runs,
    ({ facts, config }) =>
      html`<div class="facts">${list(facts)}<details open class="config"><summary>Configuration</summary>${list(config)}
</details></div>`,
  );
  return body && { id: "settings", title: "Settings", body };
}

function list(facts: readonly Fact[]) {
  return html`<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`;
}

/** How each run is made again and used: lines to copy. */
export function useSection({ parts, recipes }: Report): Section | undefined {
  const runs = parts.filter((part): part is ReportRun => part.kind === "run");
  const body = sideBySide(runs, ({ name, job }) => {
    const own = recipes[name] ?? [];
    if (own.length === 0) return undefined;
    const file =
      job === undefined ? undefined : `data:application/json;base64,${base64Text(JSON.stringify(job, undefined, 2))}`;
    return html`${own.map(
      ({ title, text }) =>
        html`<div class="recipe"><h3>${title}</h3><button type="button" data-do="copy">Copy</button>
<pre tabindex="0" role="region" aria-label="${title}"><code>${text}</code></pre></div>`,
    )}${file !== undefined && html`<p><a download="job.json" href="${file}">Download job.json</a></p>`}`;
  });
  return body && { id: "use", title: "Make it again, and use it", body };
}

function base64Text(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
