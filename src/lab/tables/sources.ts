// The images that a table needs: read when something has to be made of them, known from the records otherwise.

import { DatadamError } from "../../errors.ts";
import type { Preprocessing, SyntheticSet } from "../../images/index.ts";
import { networkKeys } from "../../nn/index.ts";
import { canonicalJson, SYNTHETIC_FILE } from "../../run/portable.ts";
import { fingerprintOf, sha256 } from "../folder/hash.ts";
import { loadData, requireTest } from "../inputs/load.ts";
import { readSetFile } from "../inputs/sets.ts";
import type { Context, LoadedDataset, Readers } from "../types.ts";
import { pathFrom } from "./place.ts";
import type { Records } from "./records.ts";
import type { DataFacts, FileFacts, NamedFile, Unit } from "./types.ts";

/** What sources are read with; a context has it. */
export type SourceTools = Pick<Context, "readers" | "signal" | "note" | "warn" | "progress">;

export interface Sources {
  /** The readers, which keep the last data set: the next job of the same images does not read them again. */
  readonly readers: Readers;
  /** What is known of a unit's images without reading them. */
  known(unit: Unit): Promise<DataFacts | undefined>;
  /** The same, by reading them where nothing is known. */
  facts(unit: Unit): Promise<DataFacts>;
  /** Reads the images. @throws DatadamError `INVALID_DATA` where they are not those of the records */
  check(unit: Unit): Promise<void>;
  /**
   * Of a file or run that is given, to evaluate or to start from; undefined for other units, and where there is neither
   * the file nor a record of it.
   */
  file(unit: Unit): Promise<FileFacts | undefined>;
  /** The path of the set's file: that of a run where a run is named. */
  path(file: NamedFile): Promise<string>;
}

export function openSources(records: Records, tools: SourceTools): Sources {
  const readers = keepingLast(tools.readers);
  const files = new Map<string, Promise<FileFacts | undefined>>();
  const checked = new Set<string>();
  const setFile = async ({ path, holds }: NamedFile): Promise<string> => {
    if (holds === "parameters" || (await readers.storage(path).size(SYNTHETIC_FILE)) === undefined) return path;
    return pathFrom(path, SYNTHETIC_FILE);
  };
  const check = async (unit: Unit): Promise<void> => {
    const key = canonicalJson(unit.data);
    if (checked.has(key)) return;
    const found = await factsOf(unit, readers, tools);
    const recorded = await records.data(unit.data);
    if (recorded === undefined) await records.addData(unit.data, found);
    else assertSameImages(unit, recorded, found);
    checked.add(key);
  };
  return {
    readers,
    known: (unit) => records.data(unit.data),
    async facts(unit) {
      if ((await records.data(unit.data)) === undefined) await check(unit);
      return (await records.data(unit.data))!;
    },
    check,
    file({ subject: { file } }) {
      if (file === undefined) return Promise.resolve(undefined);
      const { path, name } = file;
      const known = files.get(path) ?? fileFacts(file, name, readers, records, setFile);
      files.set(path, known);
      return known;
    },
    path: setFile,
  };
}

/** The same readers; a data set that is wanted twice in succession is read once. */
function keepingLast(readers: Readers): Readers {
  let last: { key: string; loaded: Promise<LoadedDataset> } | undefined;
  return {
    ...readers,
    dataset(options, listeners) {
      const key = canonicalJson({ ...options, whole: listeners.whole });
      if (last?.key !== key) {
        // One at a time in memory.
        last = undefined;
        const loaded = readers.dataset(options, listeners);
        last = { key, loaded };
        loaded.catch(() => {
          last = undefined;
        });
      }
      return last!.loaded;
    },
  };
}

async function factsOf(unit: Unit, readers: Readers, tools: SourceTools): Promise<DataFacts> {
  tools.note(`loading ${unit.data.dataset}`);
  const {
    dataset,
    fingerprint,
    fingerprintOf: hash = fingerprintOf,
  } = await loadData(unit.source, { ...tools, readers });
  const { train } = dataset;
  const test = requireTest(dataset);
  return {
    name: train.name,
    count: train.count,
    shape: train.shape,
    classNames: train.classNames,
    flippable: train.flippable,
    fingerprint,
    test: { count: test.count, fingerprint: await hash(test) },
  };
}

function assertSameImages({ data }: Unit, recorded: DataFacts, found: DataFacts): void {
  if (recorded.fingerprint === found.fingerprint && recorded.test.fingerprint === found.test.fingerprint) return;
  const { count, test, name } = recorded;
  const images = `${count} training and ${test.count} test images of ${name}`;
  throw new DatadamError(
    "INVALID_DATA",
    `the images of ${data.dataset} are not those that the records were made from`,
    {
      hint: `The records have ${images}: say where they are by \`data.dir\`, or keep others by \`records\`.`,
    },
  );
}

async function fileFacts(
  file: NamedFile,
  name: string,
  readers: Readers,
  records: Records,
  setFile: (file: NamedFile) => Promise<string>,
): Promise<FileFacts | undefined> {
  const recorded = await records.file(name);
  const path = await setFile(file);
  const synthetic = file.holds === "set" ? await readSetFile(path, readers) : undefined;
  const found = synthetic === undefined ? await foreignFacts(path, readers) : await factsOfSet(synthetic);
  if (found === undefined) return recorded;
  if (recorded === undefined || canonicalJson(recorded) !== canonicalJson(found)) await records.addFile(name, found);
  return found;
}

/** What an evaluation takes from what a set records. */
const RECORDED: readonly string[] = ["arch", ...networkKeys, "iteration"];

async function factsOfSet({ images, labels, preprocessing, provenance }: SyntheticSet): Promise<FileFacts> {
  return {
    sha256: await sha256(images, labels, ...spaceParts(preprocessing)),
    foreign: false,
    provenance: Object.fromEntries(RECORDED.filter((key) => key in provenance).map((key) => [key, provenance[key]])),
  };
}

async function foreignFacts(path: string, readers: Readers): Promise<FileFacts | undefined> {
  const bytes = await readers.file(path);
  return bytes && { sha256: await sha256(bytes), foreign: true, provenance: {} };
}

/** What tells the space of prepared images from others. */
function spaceParts({ normalization, zca }: Preprocessing): (string | Float32Array)[] {
  return [canonicalJson(normalization), ...(zca === undefined ? [] : [zca.mean, zca.whiten])];
}
