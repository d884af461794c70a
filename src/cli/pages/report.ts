// Reports of the command line: runs and tables read, and put into one HTML file.

import { statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { createEngine } from "../../engine/index.ts";
import { DatadamError } from "../../errors.ts";
import { reloadData } from "../../lab/inputs/load.ts";
import { folder, readers, versions } from "../../lab/node/index.ts";
import { shown, tablePlot } from "../../lab/tables/index.ts";
import {
  byFeatures,
  byPixels,
  type GatheredRun,
  gatherRun,
  nearestImages,
  type Recipe,
  type ReportRun,
  type ReportTable,
  reportDocument,
} from "../../pages/index.ts";
import { assetsOf, webp } from "../../pages/node/index.ts";
import { makeFolder, placeFile } from "../../storage/node/index.ts";
import { show } from "../folders.ts";
import { readTable } from "../jobs/tables.ts";
import type { Ui } from "../ui.ts";
import { recipesOf } from "./recipes.ts";

interface ReportFlags {
  readonly out?: string | undefined;
  readonly title?: string | undefined;
  readonly nearest?: "pixels" | "features" | "none" | undefined;
  readonly dataDir?: string | undefined;
}

/** Writes a report of runs and tables. An earlier file gives way to it. */
export async function writeReport(paths: readonly string[], flags: ReportFlags, ui: Ui): Promise<void> {
  const parts: (ReportRun | ReportTable)[] = [];
  const recipes: Record<string, readonly Recipe[]> = {};
  const names = namesOf(paths);
  for (const [i, path] of paths.entries()) {
    if (isTable(path)) parts.push(await tableOf(path, names[i]!, ui));
    else {
      const run = await runOf(path, names[i]!, flags, ui);
      parts.push(run);
      recipes[run.name] = recipesOf(path, run);
    }
  }
  const run = paths.find((path) => !isTable(path));
  const out = resolve(flags.out ?? (run === undefined ? "report.html" : join(run, "report.html")));
  if (extname(out) === "" || statSync(out, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DatadamError("INVALID_OPTION", `--out ${show(out)} is not the name of a file`, {
      hint: "Name a file that ends in .html.",
    });
  }
  const title = flags.title ?? parts.map((part) => (part.kind === "table" ? part.title : part.name)).join(", ");
  const made = `Made ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC by datadam ${versions().datadam}.`;
  const text = await reportDocument({ title, parts, recipes, made }, assetsOf("report"));
  makeFolder(join(out, ".."));
  await placeFile(out, (storage, name) => storage.write(name, text));
  ui.result(show(out), { path: out, bytes: Buffer.byteLength(text) });
}

function isTable(path: string): boolean {
  return path.endsWith(".json") && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

/** Last parts of the paths, or all of them where two are the same. */
function namesOf(paths: readonly string[]): string[] {
  const short = paths.map((path) => basename(resolve(path)));
  return short.map((name, i) => (short.filter((other) => other === name).length > 1 ? paths[i]! : name));
}

async function runOf(path: string, name: string, flags: ReportFlags, ui: Ui): Promise<ReportRun> {
  ui.reporter.note(`reading ${path}`);
  const gathered = await gatherRun(folder(path), name, webp);
  const { nearest = "pixels" } = flags;
  if (nearest === "none") return gathered.run;
  try {
    return { ...gathered.run, nearest: await nearestOf(gathered, nearest, flags, ui) };
  } catch (error) {
    // Asked for by name it has to be there.
    if (flags.nearest !== undefined || !(error instanceof DatadamError)) throw error;
    ui.reporter.note(`no nearest real images: ${error.message}`);
    return gathered.run;
  }
}

async function nearestOf(
  { record, set, shown: indices }: GatheredRun,
  by: "pixels" | "features",
  { dataDir }: ReportFlags,
  { reporter }: Ui,
): Promise<ReportRun["nearest"]> {
  const { note, warn, progress } = reporter;
  const tools = { readers, signal: new AbortController().signal, note, warn, progress };
  const moved = dataDir === undefined ? {} : { dir: resolve(dataDir) };
  const { dataset } = await reloadData(record.dataset, moved, tools);
  note(`looking for the nearest of ${dataset.train.count} real images by ${by}`);
  if (by === "pixels") return nearestImages(set, indices, dataset.train, byPixels(dataset.train), webp);
  const engine = await createEngine();
  try {
    return await nearestImages(set, indices, dataset.train, await byFeatures(set, dataset.train, engine), webp);
  } finally {
    await engine.close();
  }
}

async function tableOf(path: string, name: string, ui: Ui): Promise<ReportTable> {
  const report = await readTable(path, ui);
  const { title, ...text } = shown(report);
  return { kind: "table", name, title: title ?? name, ...text, plot: tablePlot(report, { colours: "page" }) };
}
