// The records of tables: small JSON files, one an evaluation, named by what decides its numbers.
import { join } from "node:path";
import { DatadamError } from "../../errors.js";
import { canonicalJson, checksum, makeFolder, readJson, writeAtomic } from "../../run/index.js";
import { keyOf } from "./identity.js";
const FORMAT = "datadam-table-record/1";
/** The folder is made when something is first written. */
export function openRecords(folder) {
    const pathOf = ({ label, key }) => join(folder, `${label}-${key.slice(0, 16)}.json`);
    const write = (path, value) => {
        makeFolder(folder);
        writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
    };
    const dataPath = (asked) => {
        const { dataset, ...options } = asked;
        const said = Object.entries(options).map(([key, value]) => `-${key}${value}`);
        return join(folder, `data-${slug(dataset)}${said.join("")}.json`);
    };
    const filePath = (said) => join(folder, `file-${slug(said)}.json`);
    return {
        accuracies(identity) {
            const path = pathOf(identity);
            const record = readJson(path);
            if (record === undefined)
                return [];
            const { format, set, evaluation, accuracies } = record ?? {};
            const numbers = Array.isArray(accuracies) && accuracies.every((value) => value >= 0 && value <= 100);
            if (format === FORMAT && numbers && set && evaluation && keyOf({ set, evaluation }) === identity.key) {
                return accuracies;
            }
            throw new DatadamError("INVALID_RUN", `${path} is not the record that its name says`, {
                hint: "Delete it: it is measured again.",
            });
        },
        add(identity, accuracies, versions) {
            const { set, evaluation } = identity;
            const record = { format: FORMAT, set, evaluation, accuracies, versions };
            write(pathOf(identity), record);
        },
        data: (asked) => facts(dataPath(asked), "datadam-table-data/1"),
        addData: (asked, found) => write(dataPath(asked), { format: "datadam-table-data/1", asked, facts: found }),
        file: (said) => facts(filePath(said), "datadam-table-file/1"),
        addFile: (said, found) => write(filePath(said), { format: "datadam-table-file/1", asked: said, facts: found }),
    };
}
function facts(path, format) {
    const content = readJson(path);
    if (content === undefined)
        return undefined;
    if (content?.format === format && content.facts !== null && typeof content.facts === "object")
        return content.facts;
    throw new DatadamError("INVALID_RUN", `${path} is not a record of a table's data`, {
        hint: "Delete it: it is made again where the data are.",
    });
}
/** A path as a file name; two that look alike are told apart. */
function slug(text) {
    const plain = text.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "");
    return plain === text ? text : `${plain}-${checksum(canonicalJson(text)).slice(0, 6)}`;
}
//# sourceMappingURL=records.js.map