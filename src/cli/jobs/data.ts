// Data sets of the command line: listed, added, looked at.

import { basename, dirname, join, resolve } from "node:path";
import { counted } from "../../counted.ts";
import { type CachedFile, cacheFolder, verifyCache } from "../../data/index.ts";
import { DatadamError } from "../../errors.ts";
import type { DatasetReport, SetReport } from "../../images/index.ts";
import { type DataResult, job, memory } from "../../lab/index.ts";
import { addSet, dataFolder, fetchSet, filesOf, namedSets, requireNamed } from "../../lab/node/index.ts";
import { makeFolder, placeFile } from "../../storage/node/index.ts";
import type { Flags, imageOptions } from "../command.ts";
import type { addOptions, previewOptions } from "../commands/data.ts";
import { slug } from "../folders.ts";
import { name as plainName } from "../shell/text.ts";
import { dataOf, listeners } from "../source.ts";
import { table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { runJob } from "./running.ts";

/** `data list` */
export function listSets(ui: Ui): void {
  const sets = namedSets();
  const lines = sets.map(({ name, about, place, here }) => {
    const where = place === undefined ? "not added" : here ? place : `${place} (gone)`;
    return `${name}: ${about}\n  ${plainName(where)}`;
  });
  ui.result(lines.join("\n"), sets);
}

/** `data add NAME PATH`: checks it, then remembers it. With `--download`, fetches it first, after asking. */
export async function addNamed(
  name: string,
  path: string | undefined,
  { download, yes }: Flags<typeof addOptions>,
  ui: Ui,
): Promise<void> {
  requireNamed(name);
  if (path === undefined && !download) {
    throw new DatadamError("INVALID_OPTION", `Where does ${name} lie?`, {
      hint: `datadam data add ${name} PATH; or --download to fetch it.`,
    });
  }
  const place = resolve(path ?? join(dataFolder(), name));
  if (download) await confirmAndFetch(name, place, yes ?? false, ui);
  ui.reporter.note(`checking ${place}`);
  const added = await addSet(name, place, listeners(ui));
  const counts = `${added.train} training${added.test === 0 ? "" : ` and ${added.test} test`} images`;
  ui.result(`${name}: ${counts} in ${added.classes} classes, ${plainName(place)}`, added);
}

async function confirmAndFetch(name: string, place: string, agreed: boolean, { reporter }: Ui): Promise<void> {
  const files = filesOf(name);
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const urls = files.map(({ url }) => `  ${url}`).join("\n");
  if (!agreed && !(await ask(`Fetch ${megabytes.toFixed(1)} MB into ${place} from\n${urls}\n? [y/N] `))) {
    throw new DatadamError("INVALID_OPTION", "Nothing was fetched", { hint: "Answer y, or give --yes." });
  }
  await fetchSet(name, place, (file, done, total) => reporter.progress({ stage: `fetching ${file}`, done, total }));
  reporter.end();
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
export async function describeSet(dataset: string, flags: Flags<typeof imageOptions>, ui: Ui): Promise<void> {
  const wanted = job({ kind: "data", data: dataOf({ ...flags, dataset }) });
  printData((await runJob<DataResult>(wanted, memory("data"), ui)).result, ui);
}

/** What is in a set. */
export function printData({ report, warnings, name }: DataResult, ui: Ui): void {
  if (report === null) ui.result(plainName(name), { name, warnings });
  else ui.result(describe(report), { ...report, warnings });
}

/** `data preview SET`: a row a class. */
export async function previewSet(dataset: string, flags: Flags<typeof previewOptions>, ui: Ui): Promise<void> {
  const { part, perClass, out = `preview-${slug(dataset)}.png` } = flags;
  const data = dataOf({ ...flags, dataset });
  const storage = memory("data");
  const wanted = job({ kind: "data", data, inspect: false, preview: { part, perClass } });
  const { classNames } = (await runJob<DataResult>(wanted, storage, ui)).result;
  const path = resolve(out);
  makeFolder(dirname(path));
  await placeFile(path, async (files, made) => files.write(made, (await storage.read("preview.png"))!));
  const rows = classNames.map((className, row) => `${row + 1}  ${plainName(className)}`);
  ui.result(`${plainName(out)}\n${rows.join("\n")}`, { path, classes: classNames });
}

/** `data verify`: a line a file. @throws DatadamError INVALID_DATA where one was damaged */
export async function verifyAll(ui: Ui): Promise<void> {
  const folder = cacheFolder();
  const files = await verifyCache(folder, (done, total) =>
    ui.reporter.progress({ stage: "verifying", done: total === 0 ? 1 : done / total, total: 1 }),
  );
  ui.reporter.end();
  const state = ({ state, images }: CachedFile): string =>
    images === undefined ? state : `${state}, ${counted(images, "image")}`;
  const rows = files.map((file) => [basename(file.path), `${(file.bytes / 1e6).toFixed(1)} MB`, state(file)]);
  const none = `nothing is cached in ${folder}`;
  ui.result(rows.length === 0 ? none : `${folder}\n${table(["file", "size", "state"], rows)}`, { folder, files });
  const damaged = files.filter(({ state }) => state === "damaged").length;
  if (damaged === 0) return;
  throw new DatadamError("INVALID_DATA", `${damaged} of ${counted(files.length, "file")} of the cache had changed`, {
    hint:
      "What was damaged is removed, and made anew when it is needed. " +
      "Where this comes back, the disk or the memory fails.",
  });
}

function describe({ name, shape, flippable, train, test }: DatasetReport): string {
  const digits = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(" ");
  const lines = (part: string, set: SetReport): string =>
    `${part}: ${set.count} images, mean ${digits(set.mean)}, std ${digits(set.std)}`;
  const [channels, height, width] = shape;
  const kind = `${channels === 1 ? "grey" : "RGB"}${flippable ? "" : ", never mirrored"}`;
  const rows = train.classes.map(({ name: className, count }, c) => [
    className,
    String(count),
    ...(test === undefined ? [] : [String(test.classes[c]!.count)]),
  ]);
  return [
    `${plainName(name)}: ${train.classes.length} classes, ${height} x ${width} px, ${kind}`,
    lines("training", train),
    ...(test === undefined
      ? ["no test part: commands that need one hold out a fifth of each class (--split)"]
      : [lines("test", test)]),
    "",
    table(["class", "training", ...(test === undefined ? [] : ["test"])], rows),
  ].join("\n");
}
