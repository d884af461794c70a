// journal.jsonl: results of an experiment as they come, one line each, by key. What was written is never done again.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { ioError, readText, writeAtomic } from "./files.js";
/** Opens a journal, which is made where it is missing. A last line that a kill cut off is removed, and so are damaged ones. */
export function openJournal(path) {
    const content = readText(path) ?? "";
    const entries = new Map();
    let kept = "";
    for (const line of content.split("\n").slice(0, -1)) {
        const entry = parse(line);
        if (entry === undefined || entries.has(entry.key))
            continue;
        entries.set(entry.key, entry.value);
        kept += `${line}\n`;
    }
    if (kept !== content)
        writeAtomic(path, kept);
    let closed = false;
    let file;
    try {
        file = openSync(path, "a");
    }
    catch (error) {
        throw ioError(error, `Cannot write ${path}`);
    }
    return {
        get: (key) => entries.get(key),
        add(key, value) {
            if (closed)
                throw new Error(`${path} is closed`);
            if (entries.has(key))
                throw new RangeError(`${path} has a result of ${key} already`);
            const bytes = Buffer.from(`${JSON.stringify({ key, value })}\n`);
            try {
                for (let at = 0; at < bytes.length;)
                    at += writeSync(file, bytes, at);
                fsyncSync(file);
            }
            catch (error) {
                throw ioError(error, `Cannot write ${path}`);
            }
            entries.set(key, value);
        },
        close() {
            if (!closed)
                closeSync(file);
            closed = true;
        },
    };
}
function parse(line) {
    try {
        const { key, value } = JSON.parse(line);
        return typeof key === "string" && value !== undefined ? { key, value } : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=journal.js.map