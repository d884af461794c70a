// A run as a report shows it, read from its folder.

import { encodePng } from "../../formats/index.ts";
import { imageSize, type SyntheticSet } from "../../images/index.ts";
import { readRunRecord } from "../../lab/folder/record.ts";
import { readResults } from "../../lab/folder/results.ts";
import { type Finished, readFinished, readJobFile, readRows, readSet, type Storage } from "../../lab/index.ts";
import { readStages, type Stage } from "../../lab/inputs/pictures.ts";
import type { RunRecord } from "../../run/portable.ts";
import type { Encoder, Fact, ReportRun, ReportStage } from "../types.ts";
import { base64 } from "./base64.ts";
import { lossSeries } from "./losses.ts";

/** Images of a report at most: more would make it too large to send. */
const MOST_IMAGES = 1000;

/** A run with the pixels that its report shows. */
export interface GatheredRun {
  readonly run: ReportRun;
  readonly set: SyntheticSet;
  readonly record: RunRecord;
  /** Images shown, as indices into the set. */
  readonly shown: readonly number[];
}

/**
 * Reads a run for a report. Earlier stages may lose something, the last one is exact.
 *
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN
 */
export async function gatherRun(storage: Storage, name: string, encoder: Encoder): Promise<GatheredRun> {
  const record = await readRunRecord(storage);
  const set = await readSet(storage);
  const finished = await readFinished(storage).catch(() => undefined);
  const rows = await readRows(storage, "metrics.jsonl", "iteration");
  const all = await readStages(storage, set);
  const columns = all[0]!.columns;
  const classes = [...new Set(set.labels)];
  const each = Math.max(1, Math.min(columns, Math.floor(MOST_IMAGES / classes.length)));
  const shownClasses = classes.slice(0, MOST_IMAGES);
  const places = shownClasses.flatMap((_, row) => Array.from({ length: each }, (_, i) => row * columns + i));
  const stages: ReportStage[] = [];
  for (const stage of all) stages.push(await encoded(stage, places, set, stage === all.at(-1) ? undefined : encoder));
  const { config } = record;
  const iterations = Number(set.provenance.iteration ?? 0);
  const seconds = rows.reduce((total, row) => total + (typeof row.seconds === "number" ? row.seconds : 0), 0);
  const run: ReportRun = {
    kind: "run",
    name,
    classNames: set.classNames,
    labels: shownClasses.flatMap((label) => new Array<number>(each).fill(label)),
    count: set.labels.length,
    shape: set.shape,
    factor: set.factor ?? 1,
    iterations,
    stages,
    losses: lossSeries(rows),
    evaluations: await readResults(storage),
    summary: summaryOf(record, iterations),
    facts: factsOf(record, finished, seconds, iterations),
    config: Object.entries(record.selection ?? config).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)] as const],
    ),
    job: await readJobFile(storage),
  };
  const first = new Map(classes.map((label) => [label, set.labels.indexOf(label)]));
  const shown = run.labels.map((label, i) => first.get(label)! + (i % each));
  return { run, set, record, shown };
}

async function encoded(
  { iteration, pixels }: Stage,
  places: readonly number[],
  set: SyntheticSet,
  encoder: Encoder = png,
): Promise<ReportStage> {
  const size = imageSize(set);
  const images: string[] = [];
  for (const place of places) {
    images.push(base64(await encoder.encode(pixels.subarray(place * size, (place + 1) * size), set.shape)));
  }
  return { iteration, type: encoder.type, images };
}

/** Exact, and the same everywhere. */
const png: Encoder = {
  type: "image/png",
  async encode(pixels, [channels, height, width]) {
    const plane = height! * width!;
    const colours = channels === 3 ? 3 : 1;
    const interleaved = new Uint8Array(plane * colours);
    for (let i = 0; i < plane; i++)
      for (let c = 0; c < colours; c++) interleaved[i * colours + c] = pixels[c * plane + i]!;
    return encodePng(interleaved, { width: width!, height: height!, channels: colours });
  },
};

function summaryOf({ dataset, preset, config, selection }: RunRecord, iterations: number): string[] {
  const { method } = config;
  const made = selection === undefined ? `${method}${preset === null ? "" : `, preset ${preset}`}` : selection.method;
  return [
    dataset.name,
    String(made),
    `${config.ipc} ${config.ipc === 1 ? "image" : "images"} a class`,
    ...(selection === undefined ? [`${iterations} iterations`] : []),
    `seed ${config.seed}`,
  ];
}

function factsOf(
  { dataset, classes, versions, created, seed, bank, initial }: RunRecord,
  finished: Finished | undefined,
  seconds: number,
  iterations: number,
): Fact[] {
  const [channels, height, width] = dataset.shape;
  return [
    ["data set", dataset.name],
    ["training images", `${dataset.count} of ${height} x ${width} px${channels === 1 ? ", grey" : ""}`],
    ["fingerprint of the images", dataset.fingerprint],
    ["seed", String(seed)],
    ...(classes === null ? [] : [["classes of the shard", classes.join(", ")] as const]),
    ...(bank === undefined ? [] : [["bank", bank.path] as const]),
    ...(initial === undefined ? [] : [["initial set", initial.path] as const]),
    ["begun", created],
    ...(finished === undefined ? [] : [["finished", finished.time] as const]),
    ...(seconds === 0 ? [] : [["time of the iterations", inWords(seconds, iterations)] as const]),
    ...memoryOf(finished),
    ...Object.entries(versions).map(([name, version]) => [`version of ${name}`, version] as const),
  ];
}

function memoryOf(finished: Finished | undefined): Fact[] {
  const { peakMemory } = (finished?.result ?? {}) as { peakMemory?: unknown };
  return typeof peakMemory === "number" ? [["memory at most", `${Math.round(peakMemory / 2 ** 20)} MiB`]] : [];
}

function inWords(seconds: number, iterations: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const text =
    hours > 0
      ? `${hours} h ${minutes} min`
      : minutes > 0
        ? `${minutes} min ${Math.round(seconds % 60)} s`
        : `${seconds.toFixed(1)} s`;
  return `${text}, ${(seconds / Math.max(1, iterations)).toPrecision(2)} s each`;
}
