// The images that a table needs: read when something has to be made of them, known from the records otherwise.

import { existsSync } from "node:fs";
import { DatadamError } from "../../errors.ts";
import type { ImageSet, SyntheticSet } from "../../images/types.ts";
import {
  canonicalJson,
  checksum,
  fingerprint,
  holdsSyntheticSet,
  readIfThere,
  readSyntheticSet,
  spaceParts,
} from "../../run/index.ts";
import { loadSource } from "../source.ts";
import type { Ui } from "../ui.ts";
import type { Records } from "./records.ts";
import type { DataFacts, FileFacts, Unit } from "./types.ts";

export interface LoadedData {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

export interface Sources {
  /** What is known of a unit's images without reading them. */
  known(unit: Unit): DataFacts | undefined;
  /** The same, by reading them where nothing is known. */
  facts(unit: Unit): Promise<DataFacts>;
  /** @throws DatadamError `INVALID_DATA` where they are not those of the records */
  load(unit: Unit): Promise<LoadedData>;
  /** Of a file or run that is given, to evaluate or to start from; undefined for other units, and where there is neither the file nor a record of it. */
  file(unit: Unit): FileFacts | undefined;
}

export function openSources(records: Records, ui: Ui): Sources {
  let last: { key: string; data: LoadedData } | undefined;
  const load = async (unit: Unit): Promise<LoadedData> => {
    const key = canonicalJson(unit.data);
    if (last?.key === key) return last.data;
    last = undefined;
    ui.reporter.note(`loading ${unit.data.dataset}`);
    const { dataset, description } = await loadSource(unit.subject.settings.job, ui);
    const { train, test, name } = dataset;
    if (test === undefined) {
      throw new DatadamError("INVALID_OPTION", `${name} has no test images to evaluate on`, {
        hint: "Give the column a split, e.g. 0.8, to keep a fifth of the images for testing.",
      });
    }
    const found: DataFacts = {
      name: train.name,
      count: train.count,
      shape: train.shape,
      classNames: train.classNames,
      flippable: train.flippable,
      fingerprint: description.fingerprint,
      test: { count: test.count, fingerprint: fingerprint(test) },
    };
    const recorded = records.data(unit.data);
    if (recorded === undefined) records.addData(unit.data, found);
    else refuseOther(unit, recorded, found);
    last = { key, data: { train, test } };
    return last.data;
  };
  return {
    known: (unit) => records.data(unit.data),
    async facts(unit) {
      if (records.data(unit.data) === undefined) await load(unit);
      return records.data(unit.data)!;
    },
    load,
    file({ subject }) {
      if (subject.file === undefined) return undefined;
      const { path, said, holds } = subject.file;
      const recorded = records.file(said);
      if (!existsSync(path)) return recorded;
      const ours = holds === "set" && holdsSyntheticSet(path);
      const found = ours ? factsOf(readSyntheticSet(path)) : foreignFacts(path);
      if (recorded === undefined || canonicalJson(recorded) !== canonicalJson(found)) records.addFile(said, found);
      return found;
    },
  };
}

function refuseOther({ data }: Unit, recorded: DataFacts, found: DataFacts): void {
  if (recorded.fingerprint === found.fingerprint && recorded.test.fingerprint === found.test.fingerprint) return;
  throw new DatadamError(
    "INVALID_DATA",
    `the images of ${data.dataset} are not those that the records were made from`,
    {
      hint: `The records have ${recorded.count} training and ${recorded.test.count} test images of ${recorded.name}. Point --data-dir at them, or keep others with --records.`,
    },
  );
}

/** What an evaluation takes from a set's own words. */
const SAID = ["arch", "norm", "width", "depth", "activation", "pooling", "iteration"];

function factsOf({ images, labels, preprocessing, provenance }: SyntheticSet): FileFacts {
  return {
    sha256: checksum(images, labels, ...spaceParts(preprocessing)),
    foreign: false,
    provenance: Object.fromEntries(SAID.filter((key) => key in provenance).map((key) => [key, provenance[key]])),
  };
}

function foreignFacts(path: string): FileFacts {
  return { sha256: checksum(readIfThere(path)!), foreign: true, provenance: {} };
}
