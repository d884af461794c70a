// The script of a report: the slider over iterations, nearest real images, one image large, lines to copy.

import { seen } from "../../quoted.ts";

interface Run {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly labels: readonly number[];
  /** Images of the last one stand in the page. */
  readonly stages: readonly { readonly iteration: number; readonly type: string; readonly images: readonly string[] }[];
  readonly nearest?: {
    readonly by: string;
    readonly type: string;
    readonly images: readonly string[];
    readonly distances: readonly number[];
  };
}

/** Milliseconds that a stage is shown for while all are played. */
const PLAYED = 450;

const data = JSON.parse(element("#data", document).textContent ?? "{}") as { readonly runs: readonly Run[] };
const viewer = element<HTMLDialogElement>("#viewer", document);
const finals = data.runs.map((_, run) => tilesOf(run).map((tile) => element<HTMLImageElement>("img", tile).src));
const players = new Map<HTMLElement, ReturnType<typeof setInterval>>();
let opened = { run: 0, image: 0 };

for (const controls of document.querySelectorAll<HTMLElement>(".controls")) begin(controls);
document.addEventListener("click", clicked);
document.addEventListener("keydown", (event) => {
  if (!viewer.open) return;
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});

function begin(controls: HTMLElement): void {
  const run = Number(controls.dataset.run);
  const slider = controls.querySelector<HTMLInputElement>('[data-do="slide"]');
  slider?.addEventListener("input", () => {
    stop(controls);
    show(controls, run, Number(slider.value));
  });
  const nearest = controls.querySelector<HTMLInputElement>('[data-do="nearest"]');
  nearest?.addEventListener("change", () => showNearest(run, nearest.checked));
}

/** Shows the images of a stage. */
function show(controls: HTMLElement, run: number, stage: number): void {
  const { stages } = data.runs[run]!;
  const total = stages.at(-1)!.iteration;
  const { iteration } = stages[stage]!;
  const slider = element<HTMLInputElement>('[data-do="slide"]', controls);
  slider.value = String(stage);
  slider.setAttribute("aria-valuetext", `${iteration} of ${total}`);
  element("output", controls).textContent = `${iteration} of ${total}`;
  for (const [image, tile] of tilesOf(run).entries())
    element<HTMLImageElement>("img", tile).src = source(run, stage, image);
}

function source(run: number, stage: number, image: number): string {
  const { stages } = data.runs[run]!;
  if (stage === stages.length - 1) return finals[run]![image]!;
  const { type, images } = stages[stage]!;
  return `data:${type};base64,${images[image]}`;
}

function showNearest(run: number, wanted: boolean): void {
  const { nearest } = data.runs[run]!;
  for (const [image, tile] of tilesOf(run).entries()) {
    tile.querySelector(".real")?.remove();
    if (!wanted || nearest === undefined) continue;
    const picture = document.createElement("img");
    picture.alt = "";
    picture.className = "real";
    picture.src = `data:${nearest.type};base64,${nearest.images[image]}`;
    tile.append(picture);
  }
}

function clicked(event: MouseEvent): void {
  const target = (event.target as Element).closest<HTMLElement>("button");
  if (target === null) {
    if (event.target === viewer) viewer.close();
    return;
  }
  if (target.classList.contains("tile")) open(Number(target.dataset.run), Number(target.dataset.image));
  const controls = target.closest<HTMLElement>(".controls");
  const todo: Readonly<Record<string, () => void>> = {
    close: () => viewer.close(),
    before: () => step(-1),
    after: () => step(1),
    play: () => controls && play(controls),
    copy: () => copy(target),
  };
  todo[target.dataset.do ?? ""]?.();
}

function play(controls: HTMLElement): void {
  if (players.has(controls)) {
    stop(controls);
    return;
  }
  const run = Number(controls.dataset.run);
  const { length } = data.runs[run]!.stages;
  let stage = 0;
  show(controls, run, stage);
  element(".play", controls).textContent = "❚❚";
  players.set(
    controls,
    setInterval(() => {
      show(controls, run, ++stage);
      if (stage === length - 1) stop(controls);
    }, PLAYED),
  );
}

function stop(controls: HTMLElement): void {
  clearInterval(players.get(controls));
  players.delete(controls);
  const button = controls.querySelector(".play");
  if (button !== null) button.textContent = "▶";
}

/** Opens the window of one image. */
function open(run: number, image: number): void {
  opened = { run, image };
  const { name, classNames, labels, stages, nearest } = data.runs[run]!;
  const label = labels[image]!;
  const number = image - labels.indexOf(label) + 1;
  const title = element("#viewer-title", viewer);
  title.replaceChildren(isolated(seen(classNames[label] ?? String(label))), ` · image ${number}`);
  element<HTMLImageElement>("#viewer-image", viewer).src = finals[run]![image]!;
  const { iteration } = stages.at(-1)!;
  const caption = element("#viewer-caption", viewer);
  caption.textContent = `${data.runs.length > 1 ? `${seen(name)}, ` : ""}after ${iteration} iterations`;
  const real = element("#viewer-nearest", viewer);
  real.hidden = nearest === undefined;
  if (nearest !== undefined) {
    element<HTMLImageElement>("img", real).src = `data:${nearest.type};base64,${nearest.images[image]}`;
    element("figcaption", real).textContent = `nearest real image: ${nearest.distances[image]} by ${nearest.by}`;
  }
  const list = element("#viewer-stages", viewer);
  list.replaceChildren(
    ...stages.map((stage, i) => {
      const item = document.createElement("li");
      const picture = document.createElement("img");
      picture.alt = "";
      picture.src = source(run, i, image);
      item.append(picture, String(stage.iteration));
      return item;
    }),
  );
  list.hidden = stages.length < 2;
  if (!viewer.open) viewer.showModal();
}

function step(by: number): void {
  const { run, image } = opened;
  const { length } = data.runs[run]!.labels;
  open(run, (image + by + length) % length);
}

async function copy(button: HTMLElement): Promise<void> {
  const text = button.parentElement?.querySelector("code")?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // From the disk it may not be allowed: then it is selected, to be copied by hand.
    const range = document.createRange();
    range.selectNodeContents(button.parentElement!.querySelector("code")!);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    button.textContent = "Selected";
  }
}

function isolated(text: string): HTMLElement {
  const part = document.createElement("bdi");
  part.textContent = text;
  return part;
}

function tilesOf(run: number): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`.tile[data-run="${run}"]`)];
}

function element<T extends Element = HTMLElement>(selector: string, from: ParentNode): T {
  const found = from.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
