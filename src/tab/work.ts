// The tab's worker: runs a distillation, its evaluation and the training of a classifier in the browser's storage.

import { decodeLetters, decodePicture, type GivenFile, LETTERS_BYTES, readGiven } from "../data/browser/index.ts";
import { createEngine } from "../engine/index.ts";
import type { Device, Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { decodeSafetensors } from "../formats/index.ts";
import { type PreparedSet, type TestedDataset, unprepare } from "../images/index.ts";
import { keepBank, optionsOf } from "../lab/browser/index.ts";
import {
  bankSettings,
  CLASSIFIER_FILE,
  type ClassifierResult,
  type EvaluateResult,
  type JobValue,
  job,
  openBank,
  readFinished,
  readSet,
  run,
} from "../lab/index.ts";
import { exportFiles } from "../run/exports/index.ts";
import { browserStorage } from "../storage/browser/index.ts";
import { protocols } from "../train/index.ts";
import { type Gpu, onDevice } from "./device.ts";
import { BANK, CLASSIFIER, EVALUATION, forget, keepChoice, keepImages, RUN, readChoice, readImages } from "./kept.ts";
import type { Ask, Choice, Download, NamedFile, Tell } from "./messages.ts";

const ROOT = "tab";
const storage = browserStorage(ROOT);
/** A minute, not a table. */
const PROTOCOL = { ...protocols.quick, name: "tab", epochs: 100, batch: 32 };
const NETWORKS = 3;
/** Seconds between two pictures, which are checkpoints. */
const EVERY = 1;
/** Images a class that a picture shows. */
const SHOWN = 10;
const SIZE = 32;
const OFFLINE =
  "The browser is offline. The page needs its own files from where it came from; try again when it can be reached.";
const NO_WEBASSEMBLY = "This browser runs no WebAssembly, which the page computes with. Take another browser.";

let stop = new AbortController();

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Ask>) => void) | null;
  postMessage(message: Tell): void;
};
const tell = (message: Tell): void => scope.postMessage(message);

scope.onmessage = ({ data }) => {
  if (data.type === "stop") return stop.abort(new DOMException("stopped", "AbortError"));
  answer(data).catch((error: unknown) => {
    if (stop.signal.aborted) return tell({ type: "stopped" });
    const { message, hint = "", code } = error as DatadamError;
    // What is wrong with images has nothing to do with the connection.
    const isLoading = code === undefined || code === "IO" || code === "BACKEND_UNAVAILABLE";
    const cause = isLoading && !navigator.onLine ? OFFLINE : hint;
    tell({ type: "failed", text: message, hint: typeof WebAssembly === "undefined" ? NO_WEBASSEMBLY : cause });
  });
};

async function answer(ask: Exclude<Ask, { type: "stop" }>): Promise<void> {
  if (ask.type === "open") {
    const choice = await readChoice(storage);
    const last = choice?.source.kind === "none" ? RUN : EVALUATION;
    const finished = (await readFinished(storage.at(last))) !== undefined;
    tell({ type: "kept", choice, finished });
    if (choice !== undefined && finished) await show(choice);
  } else if (ask.type === "forget") {
    await forget(storage);
    tell({ type: "kept", choice: undefined, finished: false });
  } else if (ask.type === "download" && ask.as !== "onnx") await download(ask.as);
  else {
    stop = new AbortController();
    if (ask.type === "download") return classifier((await readChoice(storage))!);
    if (ask.type === "start") await begin(ask);
    await work((await readChoice(storage))!);
  }
}

/** Reads and keeps what was given, in place of what was kept before. */
async function begin({ choice, files, bankFiles }: Ask & { readonly type: "start" }): Promise<void> {
  await forget(storage);
  const telling = (stage: string) => ({
    onProgress: (done: number, total: number) => tell({ type: "progress", stage, done, total, detail: "" }),
    signal: stop.signal,
  });
  if (choice.bank) await keepBank(given(bankFiles), storage.at(BANK), telling("reading the bank"));
  if (choice.source.kind === "given") {
    const dataset = await readGiven(given(files), {
      size: SIZE,
      decode: decodePicture,
      onWarning: (text) => tell({ type: "warning", text }),
      ...telling("reading images"),
    });
    await keepImages(storage, dataset);
  }
  await keepChoice(storage, choice);
}

function given(files: readonly NamedFile[]): GivenFile[] {
  return files.map(({ path, file }) => ({
    path,
    size: file.size,
    read: async () => new Uint8Array(await file.arrayBuffer()),
    stream: () => file.stream(),
  }));
}

async function letters(): Promise<TestedDataset> {
  const response = await fetch(new URL("./letters.safetensors.gz", import.meta.url)).catch(() => undefined);
  if (!response?.ok)
    throw new DatadamError("IO", "The built-in letters could not be loaded", { hint: "Load the page again." });
  const unpacked = response.body!.pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  if (bytes.length > LETTERS_BYTES) throw new DatadamError("INVALID_DATA", "The built-in letters are damaged");
  return decodeLetters(bytes);
}

/** What images are, without their pixels. */
type Facts = Pick<PreparedSet, "name" | "shape" | "classNames" | "preprocessing">;

/** What the jobs of a choice work with. */
interface Tools {
  readonly choice: Choice;
  /** Undefined where a bank is all that there is. */
  readonly dataset: TestedDataset | undefined;
  readonly facts: Facts;
  readonly engine: Engine;
}

async function withTools(choice: Choice, use: (tools: Tools) => Promise<void>): Promise<void> {
  const { kind } = choice.source;
  const dataset = kind === "none" ? undefined : kind === "letters" ? await letters() : await readImages(storage);
  const bank = choice.bank ? await openBank(storage.at(BANK)) : undefined;
  const warn = (text: string): void => tell({ type: "warning", text });
  const { gpu } = navigator as { readonly gpu?: Gpu };
  await onDevice(choice.device, gpu, useOn, warn);

  async function useOn(device: Device): Promise<void> {
    const engine = await createEngine({ device });
    try {
      await use({ choice, dataset, facts: bank?.facts ?? factsOf(dataset!), engine });
    } finally {
      await engine.close();
    }
  }
}

function factsOf({ name, train: { shape, classNames, normalization } }: TestedDataset): Facts {
  return { name, shape, classNames, preprocessing: { normalization, zca: undefined } };
}

/** Begins the jobs, goes on with them, or finds them finished. */
function work(choice: Choice): Promise<void> {
  return withTools(choice, async (tools) => {
    const { dataset, facts, engine } = tools;
    const [channels, height, width] = facts.shape;
    const what =
      dataset === undefined
        ? `A bank of ${facts.name.replace(/\/train$/, "")} and no images`
        : `${dataset.train.count} images for training and ${dataset.test.count} for testing`;
    const size = `${height} x ${width} px${channels === 1 ? ", grey" : ""}`;
    const text = `${what} in ${facts.classNames.length} classes, ${size}`;
    tell({ type: "facts", text, device: engine.device, workers: engine.workers });
    await follow(await distillation(choice), RUN, tools);
    if (dataset !== undefined) {
      const evaluation = job({ kind: "evaluate", set: `${ROOT}/${RUN}`, networks: NETWORKS, protocol: PROTOCOL });
      await follow(evaluation, EVALUATION, tools);
    }
    await show(choice);
    tell({ type: "finished", detail: "" });
  });
}

/** Of a bank, with the settings that it was made with; without images it begins with noise. */
async function distillation({ source: { kind }, bank, ipc, iterations }: Choice): Promise<JobValue> {
  const data = kind === "none" ? {} : { data: { dataset: kind === "letters" ? "builtin" : "given" } };
  if (!bank) return job({ kind: "distill", ...data, method: { preset: "quick", ipc, iterations } });
  const { method } = await bankSettings(storage.at(BANK));
  const init = kind === "none" ? { init: "noise" } : {};
  return job({
    kind: "distill",
    ...data,
    bank: `${ROOT}/${BANK}`,
    method: { ...method, ...init, ipc, iterations },
  });
}

/** Trains the first of the evaluation's networks again, and gives it as ONNX. */
function classifier(choice: Choice): Promise<void> {
  return withTools(choice, async (tools) => {
    const value = job({ kind: "classifier", set: `${ROOT}/${RUN}`, number: 0, protocol: PROTOCOL });
    await follow(value, CLASSIFIER, tools);
    const place = storage.at(CLASSIFIER);
    const { accuracy } = (await readFinished(place))!.result as ClassifierResult;
    tell({ type: "file", name: CLASSIFIER_FILE, bytes: (await place.read(CLASSIFIER_FILE))! });
    const text = `${CLASSIFIER_FILE} is the first of the networks, with ${accuracy.toFixed(1)} %`;
    tell({ type: "finished", detail: text });
  });
}

async function follow(value: JobValue, folder: string, tools: Tools): Promise<void> {
  const { dataset, engine } = tools;
  const named = dataset && { [dataset.name === "builtin" ? "builtin" : "given"]: async () => dataset };
  const options = {
    ...(await optionsOf(named ?? {})),
    engine,
    checkpoint: { seconds: EVERY },
    signal: stop.signal,
  };
  const place = storage.at(folder);
  if (folder === RUN) await showFirst(tools);
  for await (const event of run(value, place, options)) {
    if (event.type === "progress") {
      const { stage, done, total, detail = "" } = event;
      tell({ type: "progress", stage, done, total, detail });
    } else if (event.type === "row" && typeof event.row.loss === "number") {
      tell({ type: "loss", iteration: event.row.iteration as number, loss: event.row.loss });
    } else if (event.type === "warning") tell({ type: "warning", text: event.message });
    else if (event.type === "checkpoint" && folder === RUN) await showState(tools, event.number);
  }
  stop.signal.throwIfAborted();
}

/** The newest checkpoint; some real images of each class where the first is still to come. */
async function showFirst(tools: Tools): Promise<void> {
  const numbers = (await storage.at(RUN).list("checkpoints")).map(numberOf);
  if (numbers.length > 0) return showState(tools, Math.max(...numbers));
  if (tools.dataset === undefined) return;
  const { train } = tools.dataset;
  const columns = Math.min(tools.choice.ipc, SHOWN);
  const seen = new Map<number, number>();
  const { shape, classNames } = train;
  const size = shape[0] * shape[1] * shape[2];
  const pixels = new Uint8Array(classNames.length * columns * size).fill(255);
  for (let i = 0; i < train.count; i++) {
    const label = train.labels[i]!;
    const at = seen.get(label) ?? 0;
    if (at === columns) continue;
    seen.set(label, at + 1);
    pixels.set(train.image(i), (label * columns + at) * size);
  }
  tell({ type: "picture", picture: { pixels, columns, iteration: -1, shape, classNames } });
}

/** Of a checkpoint's file. */
function numberOf(name: string): number {
  return Number(/^state-(\d+)\./.exec(name)?.[1] ?? 0);
}

/** The images of a checkpoint. */
async function showState({ facts, choice: { ipc } }: Tools, number: number): Promise<void> {
  const folder = storage.at(RUN).at("checkpoints");
  const name = (await folder.list()).find((file) => numberOf(file) === number);
  const bytes = name && (await folder.read(name));
  if (!bytes) return;
  const images = decodeSafetensors(bytes).tensors.images!.data as Float32Array;
  const { shape, classNames, preprocessing } = facts;
  const pixels = unprepare(images, [classNames.length * ipc, ...shape], preprocessing);
  tell({ type: "picture", picture: { ...firstColumns(pixels, shape, ipc), iteration: number, shape, classNames } });
}

/** The first images of each class. */
function firstColumns(
  pixels: Uint8Array,
  shape: readonly number[],
  ipc: number,
): { readonly pixels: Uint8Array; readonly columns: number } {
  const columns = Math.min(ipc, SHOWN);
  if (columns === ipc) return { pixels, columns };
  const size = shape.reduce((a, b) => a * b, 1);
  const classes = pixels.length / size / ipc;
  const some = new Uint8Array(classes * columns * size);
  for (let c = 0; c < classes; c++) {
    some.set(pixels.subarray(c * ipc * size, (c * ipc + columns) * size), c * columns * size);
  }
  return { pixels: some, columns };
}

/** What is finished: the set and its accuracies. */
async function show({ ipc, source: { kind } }: Choice): Promise<void> {
  const set = await readSet(storage.at(RUN));
  const { images, labels, shape, classNames, preprocessing, provenance } = set;
  const pixels = unprepare(images, [labels.length, ...shape], preprocessing);
  const iteration = Number(provenance.iteration ?? 0);
  tell({ type: "picture", picture: { ...firstColumns(pixels, shape, ipc), iteration, shape, classNames } });
  if (kind === "none") return tell({ type: "accuracies", accuracies: undefined });
  const finished = await readFinished(storage.at(EVALUATION));
  const entry = (finished?.result as EvaluateResult | undefined)?.entries[0];
  if (entry === undefined) return;
  const { distilled, random } = entry;
  tell({
    type: "accuracies",
    accuracies: { distilled: distilled.accuracies, random: random?.accuracies ?? [] },
  });
}

async function download(as: Exclude<Download, "onnx">): Promise<void> {
  const place = storage.at(RUN);
  const bytes = as === "png" ? await place.read("grid.png") : (await exportFiles(await readSet(place), as))[""];
  if (bytes === undefined) throw new DatadamError("IO", "There is no picture yet", { hint: "Wait for the end." });
  tell({ type: "file", name: `distilled.${as}`, bytes });
}
