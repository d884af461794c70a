// Style sheet and script of a page, as the build bundles them.

import { existsSync, readFileSync } from "node:fs";
import { DatadamError } from "../../errors.ts";
import type { Assets } from "../types.ts";

/** Beside the compiled sources; for the sources themselves, those of the last build. */
const FOLDERS = ["../assets/", "../../../dist/pages/assets/"].map((path) => new URL(path, import.meta.url));

/** @param name of the script in `pages/browser`. */
export function assetsOf(name: "report" | "watch"): Assets {
  const folder = FOLDERS.find((url) => existsSync(new URL(`${name}.js`, url)));
  if (folder === undefined) {
    throw new DatadamError("IO", "The scripts of the pages were not built", { hint: "Build the package first." });
  }
  const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
  return { style: read("page.css"), script: read(`${name}.js`) };
}
