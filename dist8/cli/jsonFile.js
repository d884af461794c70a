// JSON files that a user names.
import { readFileSync } from "node:fs";
import { DatadamError } from "../errors.js";
import { ioError } from "../run/index.js";
/**
 * @param options.what before the path in the message where it cannot be read, e.g. `the configuration file`.
 * @param options.code of the error where it is no JSON.
 */
export function readJsonFile(path, { what, code }) {
    let text;
    try {
        text = readFileSync(path, "utf8");
    }
    catch (error) {
        throw ioError(error, `Cannot read ${what === undefined ? "" : `${what} `}${path}`);
    }
    try {
        return JSON.parse(text);
    }
    catch (cause) {
        throw new DatadamError(code, `${path} is not valid JSON: ${cause.message}`, { cause });
    }
}
//# sourceMappingURL=jsonFile.js.map