// `datadam data ...`: which data sets there are, and what is in one.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import {
  type DatasetName,
  type DatasetReport,
  datasets,
  download,
  downloads,
  inspectDataset,
  loadDataset,
  type SetReport,
} from "../../data/index.ts";
import { nearest } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { encodePng, imageGrid } from "../../formats/index.ts";
import { classIndices, imageSize } from "../../images/index.ts";
import type { ImageSet } from "../../images/types.ts";
import { placeOf, readPlaces, rememberPlace } from "../../lab/node/places.ts";
import { makeFolder, type SourceOptions, writeAtomic } from "../../run/index.ts";
import { listeners, loadSource } from "../source.ts";
import { table } from "../table.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface DataFlags extends CommonFlags, SourceOptions {
  readonly dataDir?: string;
}

export interface PreviewFlags extends DataFlags {
  readonly out: string;
  readonly perClass?: number;
  readonly part?: "train" | "test";
}

/** `data list` */
export function listCommand(ui: Ui): void {
  const places = readPlaces();
  const sets = Object.entries(datasets).map(([name, about]) => ({
    name,
    about,
    place: name === "builtin" ? "with the package" : placeOf(places, name),
    here: name === "builtin" || existsSync(placeOf(places, name) ?? ""),
  }));
  const lines = sets.map(({ name, about, place, here }) => {
    const where = place === undefined ? "not added" : here ? place : `${place} (gone)`;
    return `${name}: ${about}\n  ${where}`;
  });
  ui.result(lines.join("\n"), sets);
}

export interface AddFlags extends CommonFlags {
  readonly download?: boolean;
  readonly yes?: boolean;
}

/** `data add NAME PATH`: checks it, then remembers it. With `--download`, fetches it first, after asking. */
export async function addCommand(name: string, path: string | undefined, flags: AddFlags, ui: Ui): Promise<void> {
  if (!Object.hasOwn(datasets, name) || name === "builtin") {
    const near = nearest(name, Object.keys(datasets));
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    throw new DatadamError("INVALID_OPTION", `"${name}" is not the name of a data set that can be added${meant}`, {
      hint: `Names: ${Object.keys(datasets)
        .filter((known) => known !== "builtin")
        .join(", ")}. Other images need no name: give their path to --dataset.`,
    });
  }
  if (path === undefined && !flags.download) {
    throw new DatadamError("INVALID_OPTION", `Where does ${name} lie?`, {
      hint: `datadam data add ${name} PATH; or --download to fetch it.`,
    });
  }
  const place = resolve(path ?? join(dataFolder(), name));
  if (flags.download) await fetchSet(name, place, flags.yes ?? false, ui);
  ui.reporter.note(`checking ${place}`);
  const { train, test } = await loadDataset(name, { dir: place, ...listeners(ui) });
  rememberPlace(name, place);
  const counts = `${train.count} training${test === undefined ? "" : ` and ${test.count} test`} images`;
  ui.result(`${name}: ${counts} in ${train.classNames.length} classes, ${place}`, {
    name,
    path: place,
    train: train.count,
    test: test?.count ?? 0,
    classes: train.classNames.length,
  });
}

/** `DATADAM_DATA`, else `datadam` under `XDG_DATA_HOME` or `~/.local/share`. */
function dataFolder(): string {
  if (process.env.DATADAM_DATA) return process.env.DATADAM_DATA;
  return join(process.env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "datadam");
}

async function fetchSet(name: string, folder: string, agreed: boolean, ui: Ui): Promise<void> {
  const files = downloads[name as DatasetName];
  if (files === undefined) {
    throw new DatadamError("INVALID_OPTION", `${name} cannot be fetched from here: no checksum of it is on record`, {
      hint: `${datasets[name]}. Fetch it there, then: datadam data add ${name} PATH`,
    });
  }
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const question = `Fetch ${megabytes.toFixed(1)} MB into ${folder} from\n${files.map(({ url }) => `  ${url}`).join("\n")}\n? [y/N] `;
  if (!agreed && !(await ask(question))) {
    throw new DatadamError("INVALID_OPTION", "Nothing was fetched", { hint: "Answer y, or give --yes." });
  }
  for (const file of files) {
    await download(file, folder, {
      onProgress: (done, total) => ui.reporter.progress({ stage: `fetching ${basename(file.url)}`, done, total }),
    });
    ui.reporter.end();
  }
}

/** No answer where nobody can give one. */
async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

/** `data info SET` */
export async function infoCommand(name: string, flags: DataFlags, ui: Ui): Promise<void> {
  const { dataset, warnings } = await loadSource({ dataset: name, ...flags }, ui);
  const report = inspectDataset(dataset);
  for (const warning of report.warnings) ui.reporter.warn(warning);
  ui.result(describe(report), { ...report, warnings: [...warnings, ...report.warnings] });
}

/** `data preview SET --out FILE`: a row a class. */
export async function previewCommand(name: string, flags: PreviewFlags, ui: Ui): Promise<void> {
  const { dataset } = await loadSource({ dataset: name, ...flags }, ui);
  const set = flags.part === "test" ? dataset.test : dataset.train;
  if (set === undefined) throw new DatadamError("INVALID_OPTION", `${name} has no test part to preview`);
  const perClass = flags.perClass ?? 10;
  const out = resolve(flags.out);
  makeFolder(dirname(out));
  writeAtomic(out, preview(set, perClass));
  const names = set.classNames.map((className, row) => `${row + 1}  ${className}`);
  ui.result(`${flags.out}\n${names.join("\n")}`, { path: out, classes: set.classNames });
}

function preview(set: ImageSet, perClass: number): Uint8Array {
  const size = imageSize(set);
  const members = classIndices(set.labels, set.classNames.length);
  const columns = Math.max(1, Math.min(perClass, Math.max(...members.map(({ length }) => length))));
  const pixels = new Uint8Array(set.classNames.length * columns * size).fill(255);
  for (const [row, own] of members.entries()) {
    for (let column = 0; column < Math.min(columns, own.length); column++) {
      pixels.set(set.image(own[column]!), (row * columns + column) * size);
    }
  }
  const grid = imageGrid(pixels, { shape: set.shape, columns });
  return encodePng(grid.pixels, grid);
}

function describe({ name, shape, flippable, train, test }: DatasetReport): string {
  const digits = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(" ");
  const lines = (part: string, set: SetReport): string =>
    `${part}: ${set.count} images, mean ${digits(set.mean)}, std ${digits(set.std)}`;
  const [channels, height, width] = shape;
  const rows = train.classes.map(({ name: className, count }, c) => [
    className,
    String(count),
    ...(test === undefined ? [] : [String(test.classes[c]!.count)]),
  ]);
  return [
    `${name}: ${train.classes.length} classes, ${height} x ${width} px, ${channels === 1 ? "grey" : "RGB"}${flippable ? "" : ", never mirrored"}`,
    lines("training", train),
    ...(test === undefined ? ["no test part"] : [lines("test", test)]),
    "",
    table(["class", "training", ...(test === undefined ? [] : ["test"])], rows),
  ].join("\n");
}
