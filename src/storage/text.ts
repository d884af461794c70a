// Text and JSON out of a storage.

import { DatadamError } from "../errors.ts";
import { parseJson } from "../json.ts";
import type { Storage } from "./types.ts";

/** A file as text, or undefined where there is none. */
export async function textOf(storage: Storage, path: string): Promise<string | undefined> {
  const bytes = await storage.read(path);
  return bytes && new TextDecoder().decode(bytes);
}

/** A JSON file, or undefined where there is none. @throws DatadamError INVALID_RUN where it is damaged */
export async function jsonOf(storage: Storage, path: string): Promise<unknown> {
  const text = await textOf(storage, path);
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch (cause) {
    throw new DatadamError("INVALID_RUN", `${storage.name}/${path} is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Lines of JSON; what cannot be read, such as a last line that a kill cut off, is left out. */
export async function jsonLinesOf(storage: Storage, path: string): Promise<unknown[]> {
  const text = (await textOf(storage, path)) ?? "";
  return text
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [parseJson(line)];
      } catch {
        return [];
      }
    });
}
