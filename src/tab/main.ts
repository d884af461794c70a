// The tab's page: what is chosen, what is seen. The work is done by a worker.

import { plot } from "../plots/index.ts";
import { seen } from "../quoted.ts";
import { chosenFiles, droppedFiles } from "./files.ts";
import { showPicture } from "./grid.ts";
import type { Accuracies, Ask, Choice, Download, NamedFile, Source, Tell } from "./messages.ts";

const worker = new Worker(new URL("./work.js", import.meta.url), { type: "module" });
const ask = (message: Ask): void => worker.postMessage(message);
const byId = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;

// A host names its service worker here; a server on this machine needs none.
const { offline } = document.documentElement.dataset;
if (offline && navigator.serviceWorker) {
  void navigator.serviceWorker.register(offline).catch(() => undefined);
  void navigator.serviceWorker.ready.then(() => {
    byId("offline").textContent = "Its own files are kept, too: it works without a connection.";
  });
}

const form = byId<HTMLFormElement>("choice");
const [go, stopping] = [byId<HTMLButtonElement>("go"), byId<HTMLButtonElement>("stop")];
const onnx = document.querySelector<HTMLButtonElement>('[data-download="onnx"]')!;
let files: readonly NamedFile[] = [];
let bankFiles: readonly NamedFile[] = [];
/** Whether a network is trained for a download: the result is there already. */
let exporting = false;
let losses: { x: number; y: number }[] = [];
let drawn = 0;

const DEVICES: Readonly<Record<string, string>> = { cpu: "the processor", webgpu: "the graphics card" };

const source = (): Source["kind"] => new FormData(form).get("source") as Source["kind"];
const pick = (kind: Source["kind"]): void => {
  form.querySelector<HTMLInputElement>(`[value="${kind}"]`)!.checked = true;
};
const nameOf = ([first]: readonly NamedFile[]): string => first?.path.split("/")[0] ?? "";
const inWords = (given: readonly NamedFile[]): string =>
  given.length > 1 ? `${nameOf(given)}: ${given.length} files` : nameOf(given);

function take(given: readonly NamedFile[]): void {
  files = given;
  pick("given");
  byId("given").textContent = seen(inWords(given));
}

function takeBank(given: readonly NamedFile[]): void {
  bankFiles = given;
  if (given.length > 0 && source() === "letters") pick("none");
  if (given.length === 0 && source() === "none") pick("letters");
  byId("bank-given").textContent = seen(inWords(given));
  byId("bank-out").hidden = given.length === 0;
}

function busy(working: boolean): void {
  go.disabled = working;
  onnx.disabled = working;
  stopping.hidden = !working;
  stopping.disabled = false;
  if (working) {
    byId("work").hidden = false;
    byId("earlier").hidden = true;
    byId("error").textContent = "";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const kind = source();
  const bank = bankFiles.length > 0;
  const missing =
    kind === "given" && files.length === 0
      ? "Choose a folder or a file first, or take the letters."
      : kind === "none" && !bank
        ? "Choose a bank first, or images."
        : undefined;
  if (missing !== undefined) {
    byId("work").hidden = false;
    byId("error").textContent = missing;
    return;
  }
  const names = { letters: "the letters A to J", given: nameOf(files), none: `the bank ${nameOf(bankFiles)}` };
  const choice: Choice = {
    source: { kind, name: names[kind] },
    bank,
    ipc: byId<HTMLInputElement>("ipc").valueAsNumber,
    iterations: byId<HTMLInputElement>("iterations").valueAsNumber,
    device: byId<HTMLSelectElement>("device").value as Choice["device"],
  };
  losses = [];
  byId("result").hidden = true;
  byId("curve-figure").hidden = true;
  byId("warnings").replaceChildren();
  busy(true);
  stage("starting", 0, 1, "");
  ask({ type: "start", choice, files: kind === "given" ? files : [], bankFiles });
});
stopping.addEventListener("click", () => {
  stopping.disabled = true;
  ask({ type: "stop" });
});
byId("go-on").addEventListener("click", () => {
  busy(true);
  ask({ type: "go on" });
});
byId("forget").addEventListener("click", () => {
  byId("result").hidden = true;
  byId("work").hidden = true;
  ask({ type: "forget" });
});
for (const [id, taken] of Object.entries({ folder: take, zip: take, "bank-folder": takeBank, "bank-zip": takeBank })) {
  const input = byId<HTMLInputElement>(id);
  input.addEventListener("change", () => taken(chosenFiles(input)));
}
byId("bank-out").addEventListener("click", () => takeBank([]));
/** What is dropped elsewhere than on the place for banks are images. */
const [drop, bankDrop] = [byId("drop"), byId("bank-drop")];
for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    const onBank = bankDrop.contains(event.target as Node);
    drop.classList.toggle("over", type === "dragover" && !onBank);
    bankDrop.classList.toggle("over", type === "dragover" && onBank);
  });
}
document.addEventListener("drop", async ({ dataTransfer, target }) => {
  if (dataTransfer === null || go.disabled) return;
  const taken = bankDrop.contains(target as Node) ? takeBank : take;
  taken(await droppedFiles(dataTransfer));
});
for (const button of document.querySelectorAll<HTMLElement>("[data-download]")) {
  button.addEventListener("click", () => {
    exporting = button === onnx;
    if (exporting) busy(true);
    ask({ type: "download", as: button.dataset.download as Download });
  });
}

worker.addEventListener("message", ({ data }: MessageEvent<Tell>) => {
  if (data.type === "kept") kept(data.choice, data.finished);
  else if (data.type === "facts") {
    byId("facts").textContent = seen(data.text);
    const workers = data.workers === 1 ? "one worker" : `${data.workers} workers`;
    byId("mode").textContent = `It computes on ${DEVICES[data.device] ?? data.device}, in ${workers}.`;
  } else if (data.type === "progress") stage(data.stage, data.done, data.total, data.detail);
  else if (data.type === "warning") {
    const item = document.createElement("li");
    item.textContent = seen(data.text);
    byId("warnings").append(item);
  } else if (data.type === "picture") {
    byId("work").hidden = false;
    showPicture(byId("grid"), data.picture);
    const { iteration, columns } = data.picture;
    const what = iteration < 0 ? "Real images, with which it begins" : `Synthetic images after iteration ${iteration}`;
    byId("caption").textContent = `${what}; ${columns} of each class.`;
  } else if (data.type === "loss") addLoss(data.iteration, data.loss);
  else if (data.type === "accuracies") showAccuracies(data.accuracies);
  else if (data.type === "file") save(data.name, data.bytes);
  else {
    const done = data.type === "finished" || exporting;
    exporting = false;
    busy(false);
    drawLosses();
    if (data.type === "finished") stage("finished", 1, 1, data.detail);
    if (data.type === "stopped") stage("stopped", 0, 1, "what is done is kept");
    if (done) earlier("The result stays here until it is forgotten, or something else is distilled.", false);
    else if (data.type === "stopped") earlier("It was stopped. It can go on where it is.", true);
    if (data.type === "failed") {
      byId("error").textContent = seen([data.text, data.hint].filter(Boolean).join("\n"));
    }
  }
});
worker.addEventListener("error", () => {
  busy(false);
  go.disabled = true;
  byId("work").hidden = false;
  byId("error").textContent = "The page's worker could not be loaded. Load the page again.";
});

function kept(choice: Choice | undefined, finished: boolean): void {
  if (choice === undefined) {
    byId("earlier").hidden = true;
    return;
  }
  const what = `${choice.source.name}, ${choice.ipc} ${choice.ipc === 1 ? "image" : "images"} a class`;
  earlier(finished ? `${what}: finished, see below.` : `${what}: not finished. It can go on where it is.`, !finished);
}

function earlier(text: string, goesOn: boolean): void {
  byId("earlier").hidden = false;
  byId("earlier-text").textContent = seen(text);
  byId("go-on").hidden = !goesOn;
}

function stage(name: string, done: number, total: number, detail: string): void {
  byId<HTMLProgressElement>("bar").value = total === 0 ? 0 : done / total;
  const share = total > 1 ? ` ${done} of ${total}` : total === 1 && done < 1 ? ` ${Math.round(100 * done)} %` : "";
  byId("stage").textContent = seen(`${name}${share}${detail === "" ? "" : `: ${detail}`}`);
}

function addLoss(iteration: number, loss: number): void {
  losses.push({ x: iteration, y: loss });
  if (performance.now() - drawn >= 500) drawLosses();
}

function drawLosses(): void {
  if (losses.length < 2) return;
  drawn = performance.now();
  const svg = plot({
    x: { label: "iteration" },
    y: { label: "loss" },
    series: [{ name: "loss", points: losses }],
    width: Math.max(280, Math.min(416, innerWidth - 64)),
    height: 260,
  });
  const image = byId<HTMLImageElement>("curve");
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const [first, last] = [losses[0]!.y, losses.at(-1)!.y].map((loss) => loss.toPrecision(3));
  image.alt = `Loss from ${first} to ${last} in ${losses.length} iterations`;
  byId("curve-figure").hidden = false;
}

function showAccuracies(accuracies: Accuracies | undefined): void {
  byId("result").hidden = false;
  for (const id of ["accuracies", "classifier"]) byId(id).hidden = accuracies === undefined;
  if (accuracies === undefined) {
    byId("verdict").textContent =
      "There are no accuracies, and no classifier: there are no images here to test networks on. " +
      "Give the images of the bank, too, to see them.";
    return;
  }
  const { random, distilled } = accuracies;
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const gain = mean(distilled) - mean(random);
  byId("verdict").textContent =
    gain >= 0
      ? `Better than random images by ${gain.toFixed(1)} points.`
      : `Worse than random images by ${(-gain).toFixed(1)} points.`;
  const rows = [
    ["Synthetic images", distilled],
    ["As many random real ones", random],
  ] as const;
  byId("rows").replaceChildren(
    ...rows.map(([name, accuracies]) => {
      const row = document.createElement("tr");
      const title = document.createElement("th");
      title.scope = "row";
      title.textContent = name;
      const number = document.createElement("td");
      number.textContent = `${mean(accuracies).toFixed(1)} %`;
      const each = document.createElement("td");
      const bar = document.createElement("meter");
      Object.assign(bar, { min: 0, max: 100, value: mean(accuracies) });
      bar.setAttribute("aria-label", `${name}: ${mean(accuracies).toFixed(1)} %`);
      const list = document.createElement("small");
      list.textContent = accuracies.map((accuracy) => `${accuracy.toFixed(1)} %`).join(", ");
      each.append(bar, list);
      row.append(title, number, each);
      return row;
    }),
  );
}

function save(name: string, bytes: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

if (!("gpu" in navigator)) byId("device").querySelector<HTMLOptionElement>('[value="webgpu"]')!.disabled = true;
ask({ type: "open" });
