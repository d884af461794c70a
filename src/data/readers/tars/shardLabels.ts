// The labels of WebDataset's examples: files beside an image that begin as it does up to the first dot, with a text, an
// integer in binary, or JSON.

import { counted } from "../../../counted.ts";
import { DatadamError } from "../../../errors.ts";
import { parseJson } from "../../../json.ts";
import { LIMITS } from "../../../limits.ts";
import { labelIn } from "../tables/columns.ts";

/** What stands beside one image. */
export interface Beside {
  /** A file that can be a label only, such as `17.cls`. */
  readonly own?: Uint8Array | undefined;
  /** The label in `17.json`. */
  readonly json?: string | undefined;
  /** `17.txt`, which may be a caption. */
  readonly text?: string | undefined;
}

/** An example: its name for messages, and what is beside it. */
export interface Unlabelled {
  readonly where: string;
  readonly key: string;
  readonly beside: Beside;
}

/** Endings of files of labels, the most usual first. */
const OWN = ["cls", "cls.txt", "class", "class.txt", "label", "label.txt", "target", "target.txt"];
const LABEL = /\.(cls|class|label|target|json|txt)$/i;
const BINARY = [1, 2, 4, 8];
const MAX_TEXT = 100; // characters of a label in .txt

/** What a shard must look like. */
export const SHARD_HINT =
  "Shards hold 1.jpg with its label in 1.cls, or in 1.json as label or class (`labelColumn` names another key). " +
  "Give any other archive by its own path.";

/** Whether a path may be that of a label. */
export function isLabelPath(path: string): boolean {
  return LABEL.test(path);
}

/** The path up to the first dot of the file's name, composed (NFC). */
export function keyOf(path: string): string {
  return path.slice(0, path.indexOf(".", path.lastIndexOf("/") + 1)).normalize("NFC");
}

/** What stands beside the images of a shard, by their keys. */
export function besideImages(files: ReadonlyMap<string, Uint8Array>, labelColumn?: string): (key: string) => Beside {
  const byKey = new Map<string, Map<string, Uint8Array>>();
  for (const [path, bytes] of files) {
    const key = keyOf(path);
    const ending = path.slice(path.indexOf(".", path.lastIndexOf("/") + 1) + 1).toLowerCase();
    const endings = byKey.get(key);
    if (endings === undefined) byKey.set(key, new Map([[ending, bytes]]));
    else endings.set(ending, bytes);
  }
  return (key) => {
    const endings = byKey.get(key);
    const own = OWN.map((ending) => endings?.get(ending)).find((bytes) => bytes !== undefined);
    const [json, text] = [endings?.get("json"), endings?.get("txt")];
    return { own, json: json && jsonLabel(json, labelColumn), text: text && textOf(text) };
  };
}

/** Whether something beside an image is sure to be its label. */
export function isLabelled({ own, json }: Beside): boolean {
  return json !== undefined || (own !== undefined && own.length > 0);
}

/**
 * The label of each example. Whether labels are texts or integers in binary is decided for all together, since a
 * byte 0x31 may be either. Texts in `.txt` are labels where nothing else is, and where images share them.
 * @throws DatadamError INVALID_DATA where one has none
 */
export function labelsOf(
  root: string,
  examples: readonly Unlabelled[],
  onWarning: (message: string) => void,
): string[] {
  const binary = binaryBytes(examples);
  const labels = examples.map(({ where, beside: { own, json } }) => {
    if (own === undefined || own.length === 0) return json;
    return binary === undefined ? textOf(own) : integerOf(own, binary, where);
  });
  if (labels.every((label) => label === undefined)) {
    const texts = examples.map(({ beside }) => beside.text);
    const given = texts.filter((text) => text !== undefined && text.length <= MAX_TEXT && !/[\r\n]/.test(text));
    const distinct = new Set(given);
    if (given.length === examples.length && distinct.size * 2 <= given.length) {
      onWarning(`The labels of "${root}" are those of its .txt files (${counted(distinct.size, "class", "classes")})`);
      return given as string[];
    }
  }
  return labels.map((label, i) => {
    if (label !== undefined) return label;
    const { where, key, beside } = examples[i];
    const text = beside.text === undefined ? "" : "; its .txt is a caption, not a label, since images do not share it";
    throw invalid(`${where} has no label: ${key}.cls, or "label" or "class" in ${key}.json${text}.`);
  });
}

/** How many bytes each label in binary has; undefined where labels are texts. */
function binaryBytes(examples: readonly Unlabelled[]): number | undefined {
  const own = examples.filter(({ beside }) => beside.own !== undefined && beside.own.length > 0);
  const strange = own.find(({ beside }) => textOf(beside.own!) === undefined);
  if (strange === undefined) return undefined;
  const { length } = strange.beside.own!;
  const other = own.find(({ beside }) => beside.own!.length !== length);
  if (!BINARY.includes(length) || other !== undefined) {
    throw invalid(
      `The label of ${strange.where} (${strange.key}.cls) has ${counted(length, "byte")} and is neither text nor one ` +
        "of integers in binary of 1, 2, 4 or 8 bytes, all alike.",
    );
  }
  return length;
}

/** Little-endian, not negative. */
function integerOf(bytes: Uint8Array, length: number, where: string): string {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[i];
  if (value < LIMITS.classes) return String(value);
  throw invalid(`The label of ${where} in binary is ${value}, which is no class: little-endian integers are read.`);
}

/** Trimmed; undefined where the bytes are no text, or none is left. */
function textOf(bytes: Uint8Array): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return undefined;
  }
  return text === "" || /[^\P{Cc}\t\r\n]/u.test(text) ? undefined : text;
}

function jsonLabel(bytes: Uint8Array, labelColumn: string | undefined): string | undefined {
  try {
    return labelIn(parseJson(new TextDecoder().decode(bytes)), labelColumn);
  } catch {
    return undefined;
  }
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, { hint: SHARD_HINT });
}
