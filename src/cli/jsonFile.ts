// JSON files that a user names.

import { DatadamError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { readError } from "../run/index.ts";
import { readBoundedSync } from "../storage/node/index.ts";

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
    text = new TextDecoder().decode(readBoundedSync(path, LIMITS.jsonBytes));
  } catch (error) {
    throw readError(error, `Cannot read ${what === undefined ? "" : `${what} `}${path}`);
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new DatadamError(code, `${path} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}
