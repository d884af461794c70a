// Checkpoints: numbered states in a folder, a few kept, the newest whole one read.

import { DatadamError } from "../../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { sha256 } from "./hash.ts";

const FORMAT = "datadam-state/1";
/** The newest states, of which so many are kept where nothing else is said. */
export const KEPT = 3;

/** A state: arrays by name, and facts as JSON. */
export interface State {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The states of a job. */
export interface States {
  /**
   * Writes `state-<number>.<claim>.safetensors` and removes all but the newest few.
   *
   * @param identity of what the state depends on; a reader that has another refuses it.
   * @param options.keep how many stay. Default 3.
   */
  save(number: number, state: State, identity: string, options?: { readonly keep?: number }): Promise<void>;
  /**
   * The newest state that is whole, or undefined where there is none. Damaged ones are passed over with a warning, and
   * what a kill left of those that were to be removed is removed.
   *
   * @throws DatadamError INVALID_RUN where all are damaged, or where the newest has another identity.
   */
  newest(
    identity: string,
    warn?: (message: string) => void,
    options?: { readonly keep?: number },
  ): Promise<(State & { readonly number: number }) | undefined>;
}

/** @param claim its number: of two states of one number, that of the higher claim is read. */
export function openStates(storage: Storage, claim: number, folder: string): States {
  const files = storage.at(folder);
  return {
    async save(number, state, identity, { keep = KEPT } = {}) {
      await files.write(nameOf(number, claim), await encode(state, identity));
      // Files of later numbers can only be damaged ones that this job was resumed past.
      const all = await statesIn(files);
      const staying = all.filter((other) => other.number <= number).slice(0, keep);
      for (const other of all) if (!staying.includes(other)) await files.remove(other.name);
    },
    async newest(identity, warn, { keep = KEPT } = {}) {
      const found = await readNewest(files, identity, warn);
      const older = (await statesIn(files)).filter(({ number }) => number <= (found?.number ?? -1));
      for (const other of older.slice(keep)) await files.remove(other.name);
      return found;
    },
  };
}

/** As {@link States.newest}, of a folder that is only read. */
export async function readNewest(
  files: Storage,
  identity: string,
  warn: (message: string) => void = () => {},
): Promise<(State & { readonly number: number }) | undefined> {
  const all = await statesIn(files);
  for (const { name, number } of all) {
    const bytes = await files.read(name);
    const read = bytes === undefined ? "it is gone" : await decode(bytes);
    if (typeof read === "string") {
      warn(`${files.name}/${name} is damaged (${read}); trying the one before`);
      continue;
    }
    if (read.identity !== identity) {
      throw new DatadamError("INVALID_RUN", `${files.name}/${name} belongs to another configuration or data set`, {
        hint: "Put the original files back, or start again in another folder.",
      });
    }
    return { ...read.state, number };
  }
  if (all.length === 0) return undefined;
  throw new DatadamError("INVALID_RUN", `No checkpoint in ${files.name} can be read: all ${all.length} are damaged`, {
    hint: "Start again in another folder, or delete the checkpoints to start this one from the beginning.",
  });
}

async function encode({ tensors, facts }: State, identity: string): Promise<Uint8Array> {
  const entries = Object.entries(tensors);
  const metadata = { format: FORMAT, facts: canonicalJson(facts), identity };
  const checksum = await sha256(canonicalJson(metadata), ...entries.flatMap(([name, { data }]) => [name, data]));
  return encodeSafetensors(
    Object.fromEntries(entries.map(([name, { shape, data }]) => [name, { dtype: "F32", shape: [...shape], data }])),
    { ...metadata, checksum },
  );
}

async function decode(bytes: Uint8Array): Promise<{ state: State; identity: string } | string> {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { checksum, ...facts } = metadata as Readonly<Record<string, string>>;
    if (facts.format !== FORMAT) return `its format is ${facts.format}`;
    const entries = Object.entries(tensors);
    const wrong = entries.find(([, { data }]) => !(data instanceof Float32Array));
    if (wrong !== undefined) return `${wrong[0]} is not float32`;
    const sum = await sha256(canonicalJson(facts), ...entries.flatMap(([name, { data }]) => [name, data]));
    if (sum !== checksum) return "its checksum does not match";
    const arrays = Object.fromEntries(
      entries.map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]),
    );
    return { state: { tensors: arrays, facts: JSON.parse(facts.facts!) }, identity: facts.identity! };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function nameOf(number: number, claim: number): string {
  return `state-${String(number).padStart(6, "0")}.${String(claim).padStart(4, "0")}.safetensors`;
}

/** Newest first; of equal numbers the higher claim first. */
async function statesIn(files: Storage): Promise<{ name: string; number: number; claim: number }[]> {
  return (await files.list())
    .flatMap((name) => {
      const [, number, claim] = /^state-(\d+)\.(\d+)\.safetensors$/.exec(name) ?? [];
      return number === undefined ? [] : [{ name, number: Number(number), claim: Number(claim) }];
    })
    .sort((a, b) => b.number - a.number || b.claim - a.claim);
}
