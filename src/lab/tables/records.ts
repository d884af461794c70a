// The records of tables: small JSON files, one for each evaluation, named by what decides its numbers.

import { DatadamError } from "../../errors.ts";
import { canonicalJson } from "../../run/portable.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { sha256 } from "../folder/hash.ts";
import { keyOf } from "./identity.ts";
import type { DataFacts, FileFacts, Identity, NamedData, TableRecord } from "./types.ts";

const FORMAT = "datadam-table-record/1";
const DATA_FORMAT = "datadam-table-data/1";
const FILE_FORMAT = "datadam-table-file/1";

export interface Records {
  /**
   * Accuracies by the number of the network; none where nothing is recorded.
   *
   * @throws DatadamError `INVALID_RUN` for a damaged record
   */
  accuracies(identity: Identity): Promise<readonly number[]>;
  add(identity: Identity, accuracies: readonly number[], versions: Readonly<Record<string, string>>): Promise<void>;
  data(named: NamedData): Promise<DataFacts | undefined>;
  addData(named: NamedData, facts: DataFacts): Promise<void>;
  /** @param name as the table has it. */
  file(name: string): Promise<FileFacts | undefined>;
  addFile(name: string, facts: FileFacts): Promise<void>;
}

export function openRecords(storage: Storage): Records {
  const write = (path: string, value: unknown): Promise<void> =>
    storage.write(path, `${JSON.stringify(value, undefined, 2)}\n`);
  return {
    async accuracies(identity) {
      const path = pathOf(identity);
      const record = (await jsonOf(storage, path)) as Partial<TableRecord> | undefined | null;
      if (record === undefined) return [];
      const { format, set, evaluation, accuracies } = record ?? {};
      const numbers = Array.isArray(accuracies) && accuracies.every((value) => value >= 0 && value <= 100);
      if (format === FORMAT && numbers && set && evaluation && (await keyOf({ set, evaluation })) === identity.key) {
        return accuracies;
      }
      throw new DatadamError("INVALID_RUN", `${storage.name}/${path} is not the record that its name says`, {
        hint: "Delete it: it is measured again.",
      });
    },
    async add(identity, accuracies, versions) {
      const { set, evaluation } = identity;
      const record: TableRecord = { format: FORMAT, set, evaluation, accuracies, versions };
      await write(pathOf(identity), record);
    },
    data: async (named) => (await facts(storage, await dataPath(named), DATA_FORMAT)) as DataFacts | undefined,
    addData: async (named, found) => write(await dataPath(named), { format: DATA_FORMAT, asked: named, facts: found }),
    file: async (name) => (await facts(storage, await filePath(name), FILE_FORMAT)) as FileFacts | undefined,
    addFile: async (name, found) => write(await filePath(name), { format: FILE_FORMAT, asked: name, facts: found }),
  };
}

/** Records that keep what is added for as long as they are open. */
export function unwritten(records: Records): Records {
  const data = new Map<string, DataFacts>();
  const files = new Map<string, FileFacts>();
  return {
    accuracies: (identity) => records.accuracies(identity),
    add: async () => {},
    data: async (named) => data.get(canonicalJson(named)) ?? (await records.data(named)),
    addData: async (named, found) => void data.set(canonicalJson(named), found),
    file: async (name) => files.get(name) ?? (await records.file(name)),
    addFile: async (name, found) => void files.set(name, found),
  };
}

function pathOf({ label, key }: Identity): string {
  return `${label}-${key.slice(0, 16)}.json`;
}

async function dataPath({ dataset, ...options }: NamedData): Promise<string> {
  const text = Object.entries(options).map(([key, value]) => `-${key}${value}`);
  return `data-${await slug(dataset)}${text.join("")}.json`;
}

async function filePath(name: string): Promise<string> {
  return `file-${await slug(name)}.json`;
}

async function facts(storage: Storage, path: string, format: string): Promise<unknown> {
  const content = (await jsonOf(storage, path)) as { format?: unknown; facts?: object } | undefined | null;
  if (content === undefined) return undefined;
  if (content?.format === format && content.facts !== null && typeof content.facts === "object") return content.facts;
  throw new DatadamError("INVALID_RUN", `${storage.name}/${path} is not a record of a table's data`, {
    hint: "Delete it: it is made again where the data are.",
  });
}

/** A path as a file name; two that look alike are told apart. */
async function slug(text: string): Promise<string> {
  const plain = text.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "");
  return plain === text ? text : `${plain}-${(await sha256(canonicalJson(text))).slice(0, 6)}`;
}
