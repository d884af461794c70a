// The records of tables: small JSON files, one an evaluation, named by what decides its numbers.

import { join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { canonicalJson, checksum, makeFolder, readJson, writeAtomic } from "../../run/index.ts";
import { keyOf } from "./identity.ts";
import type { AskedData, DataFacts, FileFacts, Identity, TableRecord } from "./types.ts";

const FORMAT = "datadam-table-record/1";

export interface Records {
  /** Accuracies by the number of the network; none where nothing is recorded. @throws DatadamError `INVALID_RUN` for a damaged record */
  accuracies(identity: Identity): readonly number[];
  add(identity: Identity, accuracies: readonly number[], versions: Readonly<Record<string, string>>): void;
  data(asked: AskedData): DataFacts | undefined;
  addData(asked: AskedData, facts: DataFacts): void;
  file(said: string): FileFacts | undefined;
  addFile(said: string, facts: FileFacts): void;
}

/** The folder is made when something is first written. */
export function openRecords(folder: string): Records {
  const pathOf = ({ label, key }: Identity): string => join(folder, `${label}-${key.slice(0, 16)}.json`);
  const write = (path: string, value: unknown): void => {
    makeFolder(folder);
    writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
  };
  const dataPath = (asked: AskedData): string => {
    const { dataset, ...options } = asked;
    const said = Object.entries(options).map(([key, value]) => `-${key}${value}`);
    return join(folder, `data-${slug(dataset)}${said.join("")}.json`);
  };
  const filePath = (said: string): string => join(folder, `file-${slug(said)}.json`);
  return {
    accuracies(identity) {
      const path = pathOf(identity);
      const record = readJson(path) as Partial<TableRecord> | undefined | null;
      if (record === undefined) return [];
      const { format, set, evaluation, accuracies } = record ?? {};
      const numbers = Array.isArray(accuracies) && accuracies.every((value) => value >= 0 && value <= 100);
      if (format === FORMAT && numbers && set && evaluation && keyOf({ set, evaluation }) === identity.key) {
        return accuracies;
      }
      throw new DatadamError("INVALID_RUN", `${path} is not the record that its name says`, {
        hint: "Delete it: it is measured again.",
      });
    },
    add(identity, accuracies, versions) {
      const { set, evaluation } = identity;
      const record: TableRecord = { format: FORMAT, set, evaluation, accuracies, versions };
      write(pathOf(identity), record);
    },
    data: (asked) => facts(dataPath(asked), "datadam-table-data/1") as DataFacts | undefined,
    addData: (asked, found) => write(dataPath(asked), { format: "datadam-table-data/1", asked, facts: found }),
    file: (said) => facts(filePath(said), "datadam-table-file/1") as FileFacts | undefined,
    addFile: (said, found) => write(filePath(said), { format: "datadam-table-file/1", asked: said, facts: found }),
  };
}

function facts(path: string, format: string): unknown {
  const content = readJson(path) as { format?: unknown; facts?: object } | undefined | null;
  if (content === undefined) return undefined;
  if (content?.format === format && content.facts !== null && typeof content.facts === "object") return content.facts;
  throw new DatadamError("INVALID_RUN", `${path} is not a record of a table's data`, {
    hint: "Delete it: it is made again where the data are.",
  });
}

/** A path as a file name; two that look alike are told apart. */
function slug(text: string): string {
  const plain = text.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "");
  return plain === text ? text : `${plain}-${checksum(canonicalJson(text)).slice(0, 6)}`;
}
