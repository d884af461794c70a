// The data set that comes with the package: letters in free fonts. assets/LETTERS.md says what it is made of.

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { DatadamError } from "../../errors.ts";
import type { TestedDataset } from "../../images/types.ts";
import { decodeLetters, LETTERS_BYTES } from "./letters.ts";
import { namedSet } from "./set.ts";

/** The same from src/data/sets and dist/data/sets. */
const FILE = new URL("../../../assets/letters.safetensors.gz", import.meta.url);

export const builtin = namedSet({
  name: "builtin",
  about: "the letters A to J in free fonts, 32 x 32 grey, 2500 training and 600 test images; comes with the package",
  counts: [2500, 600],
  takes: [],
  load: () => loadBuiltin(),
});

/** The letters A to J, 32 x 32 grey. @throws DatadamError IO or INVALID_DATA where the installation is damaged */
async function loadBuiltin(): Promise<TestedDataset> {
  const packed = await readFile(FILE).catch((cause) => {
    throw new DatadamError("IO", `The built-in data set is missing: ${FILE.pathname}`, {
      cause,
      hint: "Install the package again.",
    });
  });
  return decodeLetters(unpack(packed));
}

function unpack(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength: LETTERS_BYTES });
  } catch (cause) {
    throw new DatadamError("INVALID_DATA", `The built-in data set is damaged: ${FILE.pathname}`, {
      cause,
      hint: "Install the package again.",
    });
  }
}
