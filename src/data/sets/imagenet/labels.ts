// The classes of ImageNet's validation images, as the development kit gives them.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../../../errors.ts";
import { LIMITS } from "../../../limits.ts";
import { readRegular, unreadable } from "../../../storage/node/index.ts";

const TRUTH = "ILSVRC2012_validation_ground_truth.txt";
const SYNSETS = "synsets.txt";
/** Where the lists may be below the folder of the archives. */
const PLACES = ["", "data", "ILSVRC2012_devkit_t12/data"];
const HINT =
  `${TRUTH} (of ILSVRC2012_devkit_t12.tar.gz) has a number for each validation image, ` +
  `which line of ${SYNSETS} its class is. Write there the synsets of the kit's meta.mat in the order of ` +
  "ILSVRC2012_ID, from n02119789 on. Or put the synset itself into each line.";

/**
 * The synset of each validation image, in their order, from `ILSVRC2012_validation_ground_truth.txt`: a line an image,
 * either its synset or its `ILSVRC2012_ID` (1 to 1000). Numbers are looked up in `synsets.txt`, whose line i starts
 * with the synset of number i. That order is the kit's own, not the sorted one, which is refused for the 1000 classes.
 * @throws DatadamError DATASET_NOT_FOUND where a list is missing, INVALID_DATA with the line where one is wrong
 */
export async function readGroundTruth(dir: string): Promise<string[]> {
  const [file, lines] = await readList(dir, TRUTH);
  if (lines.every(isSynset)) return lines;
  const [synsetsFile, synsetLines] = await readList(dir, SYNSETS);
  const synsets = synsetLines.map((line) => line.split(/\s+/)[0]);
  const other = synsets.findIndex((synset) => !isSynset(synset));
  if (other >= 0) throw invalid(`Line ${other + 1} of "${synsetsFile}" is "${synsets[other]}", which is not a synset.`);
  if (synsets.length === 1000 && synsets.every((synset, i) => i === 0 || synsets[i - 1] < synset)) {
    throw invalid(`"${synsetsFile}" is sorted, so it is not in the order that "${file}" counts in.`);
  }
  return lines.map((line, i) => {
    const synset = /^\d+$/.test(line) ? synsets[Number(line) - 1] : undefined;
    if (synset !== undefined) return synset;
    throw invalid(
      `Line ${i + 1} of "${file}" is "${line}", neither a synset nor a number from 1 to ${synsets.length}.`,
    );
  });
}

async function readList(dir: string, name: string): Promise<[file: string, lines: string[]]> {
  for (const place of PLACES) {
    const file = join(dir, place, name);
    if (!(await stat(file).catch(() => undefined))?.isFile()) continue;
    const bytes = await readRegular(file, LIMITS.tableBytes).catch((cause) => {
      throw unreadable(file, cause);
    });
    const lines = new TextDecoder()
      .decode(bytes)
      .split(/\r?\n/)
      .map((line) => line.trim());
    return [file, lines.filter((line) => line !== "")];
  }
  throw new DatadamError("DATASET_NOT_FOUND", `"${join(dir, name)}" is missing.`, { hint: HINT });
}

function isSynset(text: string): boolean {
  return /^n\d{8}$/.test(text);
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, { hint: HINT });
}
