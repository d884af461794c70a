// The script of the watch page: lines as they change, curves and images of the runs that are chosen.

import { figure, type PlotSeries } from "../../plots/index.ts";
import { seen } from "../../quoted.ts";
import { STATES } from "../watch/states.ts";
import type { Change, Curve, PlanLine, QueueLine, RunLine } from "../watch/types.ts";

/** Milliseconds between two readings of the curves of a run. */
const CURVES_EVERY = 2000;
/** Runs that are compared at most: as many as there are colours. */
const MOST = 7;

const runs = new Map<string, RunLine>();
const rows = new Map<string, HTMLTableRowElement>();
const chosen = new Set<string>();
const curves = new Map<string, { rows: number; time: number; all: readonly Curve[] }>();
const table = find<HTMLTableElement>("#runs");
const body = table.tBodies[0]!;
const filter = find<HTMLInputElement>("#filter");
const parts = find<HTMLInputElement>("#parts");
let order: { key: string; down: boolean } = { key: "changed", down: true };
let begun = false;

const source = new EventSource("/events");
source.onmessage = ({ data }) => take(JSON.parse(data) as Change & { readonly all?: boolean });
source.onerror = () => {
  find("#counts").textContent = "The server does not answer. The page goes on when it is there again.";
};

filter.addEventListener("input", arrange);
parts.addEventListener("change", arrange);
table.tHead!.addEventListener("click", (event) => {
  const key = (event.target as Element).closest<HTMLElement>("[data-sort]")?.dataset.sort;
  if (key === undefined) return;
  order = { key, down: order.key === key ? !order.down : !["name", "about", "status", "left"].includes(key) };
  arrange();
});
body.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  const id = box.closest("tr")!.dataset.id!;
  if (box.checked) chosen.add(id);
  else chosen.delete(id);
  for (const first of [...chosen].slice(0, -MOST)) {
    chosen.delete(first);
    find<HTMLInputElement>("input", rows.get(first)).checked = false;
  }
  void draw();
});
setInterval(() => void draw(), CURVES_EVERY);

function take({ runs: changed, gone, plans, queue, all }: Change & { readonly all?: boolean }): void {
  if (plans !== undefined) showPlans(plans);
  if (queue !== undefined) showQueue(queue);
  const left = all ? [...runs.keys()].filter((id) => !changed.some((run) => run.id === id)) : gone;
  for (const id of left) {
    runs.delete(id);
    rows.get(id)?.remove();
    rows.delete(id);
    chosen.delete(id);
  }
  for (const run of changed) {
    runs.set(run.id, run);
    fill(run);
  }
  if (!begun && changed.length > 0) {
    begun = true;
    const first = [...runs.values()].filter(({ rows: count }) => count > 0).sort((a, b) => b.changed - a.changed)[0];
    if (first !== undefined) {
      chosen.add(first.id);
      find<HTMLInputElement>("input", rows.get(first.id)).checked = true;
    }
  }
  const by = (status: string): number => [...runs.values()].filter((run) => run.status === status && !run.part).length;
  const counts = ["running", "finished", "failed", "stopped", "silent", "unreadable"].map(
    (status) => [status, by(status)] as const,
  );
  find("#counts").replaceChildren(
    ...counts.filter(([, count]) => count > 0).map(([status, count]) => element("span", `${count} ${status}`)),
  );
  find("#empty").hidden = runs.size > 0;
  arrange();
  void draw();
}

/** A line for each plan, and what is wrong with its jobs. */
function showPlans(plans: readonly PlanLine[]): void {
  find("#plans").hidden = plans.length === 0;
  const lines = plans.map(({ name, kind, by, jobs, counts, stages, collected }) => {
    const row = document.createElement("tr");
    const title = document.createElement("th");
    title.scope = "row";
    title.append(element("bdi", seen(name === "" ? "this folder" : name)));
    const bar = document.createElement("progress");
    bar.max = jobs;
    bar.value = counts.done;
    bar.setAttribute("aria-label", "Progress");
    const now = stages.find(({ count, done }) => done < count);
    const what =
      now === undefined ? (collected ? "collected" : "to be collected") : `${now.done}/${now.count} ${now.name}`;
    const words = element("span", seen(what));
    words.className = "stage";
    const progress = document.createElement("td");
    progress.append(bar, " ", words);
    const numbers = STATES.map((state) => {
      const cell = element("td", String(counts[state]));
      cell.className = counts[state] > 0 ? `number ${state}` : "number";
      return cell;
    });
    row.append(title, element("td", seen(`${kind}, by ${by}`)), progress, ...numbers);
    return row;
  });
  find<HTMLTableElement>("#plans table").tBodies[0]!.replaceChildren(...lines);
  const troubles = plans.flatMap(({ name, lost, failed }) => [
    ...lost.map(({ index, text: owner }) => `${name}: job ${index} is lost: ${owner} gives no sign any more`),
    ...failed.map(({ index, text: why }) => `${name}: job ${index} failed: ${why}`),
  ]);
  find("#troubles").replaceChildren(...troubles.map((trouble) => element("li", seen(trouble))));
  find("#troubles").hidden = troubles.length === 0;
}

/** How many jobs a queue has, and those that run. */
function showQueue({ name, waiting, later, running, workers, jobs, trouble }: QueueLine): void {
  find("#queue").hidden = false;
  const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
  const counts = [
    many(waiting, "job waits", "jobs wait"),
    ...(later > 0 ? [many(later, "comes back later", "come back later")] : []),
    `${many(running, "runs", "run")} on ${many(workers, "worker", "workers")}`,
  ].join(", ");
  const old = trouble === undefined ? "" : `; this may be old: ${trouble}`;
  find("#queue p").textContent = seen(`${name}: ${counts}${old}`);
  const lines = jobs.map(({ plan, index, text }) => element("li", seen(`${plan}: job ${index}, ${text}`)));
  find("#queue ul").replaceChildren(...lines);
  find("#queue ul").hidden = jobs.length === 0;
}

/** The cells of a run. */
function fill(run: RunLine): void {
  let row = rows.get(run.id);
  if (row === undefined) {
    row = document.createElement("tr");
    row.dataset.id = run.id;
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", `Compare ${seen(run.name)}`);
    const first = document.createElement("td");
    first.append(box);
    const name = document.createElement("th");
    name.scope = "row";
    row.append(first, name, ...Array.from({ length: 7 }, () => document.createElement("td")));
    rows.set(run.id, row);
  }
  const [, name, about, status, progress, left, loss, accuracy, changed] = row.cells;
  const title = element("bdi", seen(run.name === "" ? "this folder" : run.name));
  name!.replaceChildren(title);
  if (run.report) {
    const link = document.createElement("a");
    link.href = `/run/${run.id}/report.html`;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "report";
    name!.append(" ", link);
  }
  name!.title = seen(run.about);
  text(about!, seen(`${run.kind}${run.about === "" ? "" : `: ${run.about}`}`));
  const badge = element("span", run.status);
  badge.className = `status ${run.status}`;
  status!.replaceChildren(badge);
  progress!.replaceChildren(...progressOf(run));
  text(left!, run.left === null ? "" : duration(run.left));
  text(loss!, run.loss === null ? "" : run.loss.toPrecision(4));
  const over = run.accuracy === null || run.random === null ? "" : ` (random ${run.random.toFixed(1)})`;
  text(accuracy!, run.accuracy === null ? "" : `${run.accuracy.toFixed(1)}${over}`);
  text(changed!, run.changed === 0 ? "" : new Date(run.changed).toLocaleString());
  for (const cell of [left, loss, accuracy, changed]) cell!.className = "number";
}

function progressOf({ stage, done, total, status }: RunLine): (Node | string)[] {
  const words = element("span", seen(stage));
  words.className = "stage";
  if (total <= 0) return [words];
  const bar = document.createElement("progress");
  bar.max = total;
  bar.value = status === "finished" ? total : done;
  bar.setAttribute("aria-label", "Progress");
  const share = status === "finished" ? "" : total === 1 ? `${Math.floor(100 * done)} %` : `${done}/${total}`;
  return [bar, ` ${share} `, words];
}

/** Sorts and filters the lines that are there. */
function arrange(): void {
  const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = [...runs.values()].filter((run) => {
    if (run.part && !parts.checked && run.status !== "running") return false;
    const words = `${run.name} ${run.kind} ${run.about} ${run.status}`.toLowerCase();
    return wanted.every((word) => words.includes(word));
  });
  const value = (run: RunLine): number | string => {
    if (order.key === "progress") return run.total > 0 ? run.done / run.total : -1;
    const found = run[order.key as keyof RunLine];
    return typeof found === "number" || typeof found === "string" ? found : Number.NEGATIVE_INFINITY;
  };
  shown.sort((a, b) => {
    const [one, two] = [value(a), value(b)];
    const up =
      typeof one === "string" ? one.localeCompare(String(two), undefined, { numeric: true }) : one - (two as number);
    return (order.down ? -up : up) || a.name.localeCompare(b.name);
  });
  const now = shown.map(({ id }) => rows.get(id)!);
  if (now.length !== body.rows.length || now.some((row, i) => row !== body.rows[i])) {
    // Moving what has the focus would take it away.
    const focused = document.activeElement as HTMLElement | null;
    body.replaceChildren(...now);
    if (focused !== null && body.contains(focused)) focused.focus();
  }
  for (const button of table.tHead!.querySelectorAll<HTMLElement>("[data-sort]")) {
    const sorted = button.dataset.sort === order.key;
    button.closest("th")!.setAttribute("aria-sort", sorted ? (order.down ? "descending" : "ascending") : "none");
  }
}

/** Draws what is chosen: curves beside each other, and the images of each. */
async function draw(): Promise<void> {
  if (document.hidden) return;
  const wanted = [...chosen].map((id) => runs.get(id)!).filter((run) => run !== undefined);
  await Promise.all(wanted.map(refresh));
  const some = wanted.filter(({ id }) => (curves.get(id)?.all.length ?? 0) > 0);
  find("#compared").hidden = some.length === 0;
  const loss = some.map((run) => ({ ...curves.get(run.id)!.all[0]!, name: some.length > 1 ? nameOf(run) : "" }));
  const panels: [string, readonly Curve[]][] = [["loss", loss]];
  if (some.length === 1 && curves.get(some[0]!.id)!.all.length > 1)
    panels.push(["its parts", curves.get(some[0]!.id)!.all.slice(1, 8)]);
  const drawn =
    some.length === 0
      ? ""
      : panels.map(([label, series]) => `<div class="plot">${panel(label, series)}</div>`).join("");
  const place = find("#curves");
  if (place.dataset.drawn !== drawn) {
    place.innerHTML = drawn; // Of plots, which escapes all words.
    place.dataset.drawn = drawn;
  }
  const pictures = wanted.filter(({ grid }) => grid !== null);
  find("#grids").hidden = pictures.length === 0;
  keep(find("#pictures"), pictures);
}

async function refresh({ id, rows: count }: RunLine): Promise<void> {
  const known = curves.get(id);
  const now = performance.now();
  if (known !== undefined && (known.rows === count || now - known.time < CURVES_EVERY - 100)) return;
  curves.set(id, { rows: count, time: now, all: known?.all ?? [] });
  try {
    const response = await fetch(`/run/${id}/curves`);
    if (response.ok) curves.set(id, { rows: count, time: now, all: (await response.json()) as Curve[] });
  } catch {
    // The next reading may find it.
  }
}

function panel(label: string, series: readonly Curve[]): string {
  const values = series.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, high]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const scale = least > 0 && most / least > 30 ? "log" : "linear";
  const all: PlotSeries[] = series.map((one) => ({ ...one, style: "curve" }));
  // Shrunk by the page, its words could not be read.
  const size = { width: Math.max(280, Math.min(560, innerWidth - 64)), height: 300 };
  return figure([{ x: { label: "iteration" }, y: { label, scale }, series: all, ...size }], { colours: "page" });
}

/** The cards of pictures; one that stays is not loaded again. */
function keep(place: HTMLElement, pictures: readonly RunLine[]): void {
  const cards = pictures.map((run) => {
    const card = [...place.children].find((one) => (one as HTMLElement).dataset.id === run.id) as
      | HTMLElement
      | undefined;
    const made = card ?? document.createElement("article");
    if (card === undefined) {
      made.className = "card";
      made.dataset.id = run.id;
      const picture = document.createElement("img");
      picture.className = "grid";
      picture.alt = `Images of ${seen(run.name)}`;
      // By itself it is as large as it is.
      const link = document.createElement("a");
      link.target = "_blank";
      link.append(picture);
      made.append(element("h3", nameOf(run)), link);
    }
    const address = `/run/${run.id}/grid.png?${run.grid}`;
    const picture = find<HTMLImageElement>("img", made);
    if (picture.getAttribute("src") !== address) picture.src = address;
    find<HTMLAnchorElement>("a", made).href = address;
    return made;
  });
  if (cards.length !== place.children.length || cards.some((card, i) => card !== place.children[i]))
    place.replaceChildren(...cards);
}

function nameOf({ name }: RunLine): string {
  const text = seen(name === "" ? "this folder" : name);
  return text.length > 40 ? `${text.slice(0, 30)}...${text.slice(-7)}` : text;
}

function duration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return minutes > 0
    ? `${minutes} min ${String(Math.round(seconds % 60)).padStart(2, "0")} s`
    : `${Math.round(seconds)} s`;
}

function text(cell: HTMLElement, words: string): void {
  if (cell.textContent !== words) cell.textContent = words;
}

function element(name: string, words: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

function find<T extends Element = HTMLElement>(selector: string, from: ParentNode = document): T {
  const found = from.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
