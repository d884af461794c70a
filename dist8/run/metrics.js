// metrics.jsonl: one line an iteration, appended as it happens.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { ioError, readText, writeAtomic } from "./files.js";
/**
 * Opens a metrics file for appending after iteration `iteration`: lines of later iterations (written after the checkpoint
 * that a run resumes from), repeated and half-written ones are removed first.
 */
export function openMetrics(path, iteration) {
    const content = readText(path);
    if (content !== undefined) {
        const kept = keepUntil(content, iteration);
        if (kept !== content)
            writeAtomic(path, kept);
    }
    let file;
    try {
        file = openSync(path, "a");
    }
    catch (error) {
        throw ioError(error, `Cannot write ${path}`);
    }
    return {
        append({ iteration, loss, attention, features, gradients, seconds }) {
            const line = { iteration, loss, attention, features, gradients, seconds: Number(seconds.toFixed(4)) };
            const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
            try {
                for (let at = 0; at < bytes.length;)
                    at += writeSync(file, bytes, at);
            }
            catch (error) {
                throw ioError(error, `Cannot write ${path}`);
            }
        },
        flush() {
            try {
                fsyncSync(file);
            }
            catch (error) {
                throw ioError(error, `Cannot write ${path}`);
            }
        },
        close() {
            closeSync(file);
        },
    };
}
/** All whole lines of a metrics file. */
export function readMetrics(path) {
    const content = readText(path) ?? "";
    return keepUntil(content, Number.POSITIVE_INFINITY)
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
}
function keepUntil(content, iteration) {
    let kept = "";
    let last = 0;
    for (const line of content.split("\n").slice(0, -1)) {
        const at = iterationOf(line);
        if (at === undefined || at <= last || at > iteration)
            continue;
        last = at;
        kept += `${line}\n`;
    }
    return kept;
}
function iterationOf(line) {
    try {
        const { iteration } = JSON.parse(line);
        return typeof iteration === "number" ? iteration : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=metrics.js.map