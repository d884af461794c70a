// Where named data sets lie, as `datadam data add` was told: one small JSON file of the user's.

import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatadamError } from "../../errors.ts";
import { makeFolder, placeFile, readText } from "../../storage/node/index.ts";

export type Places = Readonly<Record<string, string>>;

/** `DATADAM_PLACES`, else `datadam/places.json` under `XDG_CONFIG_HOME` or `~/.config`. */
export function placesFile(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment.DATADAM_PLACES) return resolve(environment.DATADAM_PLACES);
  return join(environment.XDG_CONFIG_HOME || join(homedir(), ".config"), "datadam", "places.json");
}

/**
 * Absolute paths by name of data set; none where the file is missing. @throws DatadamError INVALID_DATA where it is
 * damaged
 */
export function readPlaces(file: string = placesFile()): Places {
  const text = readText(file);
  if (text === undefined) return {};
  try {
    const places: unknown = JSON.parse(text);
    if (places !== null && typeof places === "object" && Object.values(places).every((p) => typeof p === "string")) {
      return places as Places;
    }
  } catch {
    // The error below is thrown.
  }
  throw new DatadamError("INVALID_DATA", `${file} is not a JSON object of paths by data set`, {
    hint: "Correct it, or delete it and add the data sets again.",
  });
}

/** The place of a data set; that of `imagenet` for its subset `imagenet:nette`, which may have its own. */
export function placeOf(places: Places, name: string): string | undefined {
  return places[name] ?? places[name.replace(/:.*/, "")];
}

/** Remembers where a data set lies. Several processes may do so at once. */
export async function rememberPlace(name: string, path: string, file: string = placesFile()): Promise<void> {
  makeFolder(dirname(file));
  await placeFile(file, async (storage, made) => {
    const places = { ...readPlaces(file), [name]: resolve(path) };
    await storage.write(made, `${JSON.stringify(places, undefined, 2)}\n`);
  });
}
