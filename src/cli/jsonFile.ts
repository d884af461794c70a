// JSON files that a user names.

import { readFileSync } from "node:fs";
import { DatadamError } from "../errors.ts";
import { readError } from "../run/index.ts";

/**
 * @param options.what before the path in the message where it cannot be read, e.g. `the configuration file`.
 * @param options.code of the error where it is no JSON.
 */
export function readJsonFile(
  path: string,
  { what, code }: { readonly what?: string; readonly code: "INVALID_OPTION" | "INVALID_DATA" },
): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw readError(error, `Cannot read ${what === undefined ? "" : `${what} `}${path}`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DatadamError(code, `${path} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}
