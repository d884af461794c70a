// The distilled images by class, with a slider over the iterations.

import { shortened } from "../../quoted.ts";
import { type Html, html } from "../html.ts";
import type { ReportRun } from "../types.ts";
import { type Section, sideBySide } from "./section.ts";

/** Characters of a class name where it stands in a label. */
const NAME = 60;

export function imagesSection(runs: readonly ReportRun[]): Section | undefined {
  const body = sideBySide(runs, imagesOf);
  return body && { id: "images", title: "Images", body };
}

function imagesOf(run: ReportRun, index: number): Html {
  const { labels, classNames, stages, nearest, count, factor, iterations } = run;
  const last = stages.at(-1)!;
  const classes = [...new Set(labels)];
  const each = labels.length / classes.length;
  const notes = [
    count > labels.length && `The set has ${count} images; ${labels.length} are shown.`,
    factor > 1 && `Each image holds ${factor} × ${factor} smaller ones.`,
    last.images.length > 0 && "Select an image to see it large.",
  ].filter((note) => note !== false);
  return html`<div class="controls" data-run="${index}">${
    stages.length > 1 &&
    html`<button type="button" class="play" data-do="play" aria-label="Play the iterations">▶</button>
<label class="slider">Iteration
<input type="range" min="0" max="${stages.length - 1}" step="1" value="${stages.length - 1}"
 aria-valuetext="${last.iteration} of ${iterations}" data-do="slide"></label>
<output>${last.iteration} of ${iterations}</output>`
  }${
    nearest !== undefined &&
    html`<label class="check"><input type="checkbox" data-do="nearest"> Nearest real images</label>`
  }</div>
<ul class="classes${each <= 3 ? " few" : ""}" style="--each:${each}">${classes.map((label, row) => {
    const name = classNames[label] ?? String(label);
    return html`<li><p class="class" dir="auto"><bdi>${name}</bdi></p><div class="tiles">${labels.flatMap(
      (other, place) =>
        other === label
          ? [
              html`<button type="button" class="tile" data-run="${index}" data-image="${place}"
 aria-label="${shortened(name, NAME)}, image ${place - row * each + 1}">
<img src="data:${last.type};base64,${last.images[place]}" alt=""></button>`,
            ]
          : [],
    )}</div></li>`;
  })}</ul>
<p class="note">${notes.join(" ")}${nearest !== undefined && ` Nearest real images of the same class by ${nearest.by}.`}
</p>`;
}
