// Decoded images in one file of the cache: equal numbers of bytes one after the other, then an index, then a trailer that vouches for it.
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DatadamError } from "../errors.js";
/** Changes with the layout of the file and with anything that changes decoded bytes, such as resizing. */
export const STORE_VERSION = 2;
/** SHA-256 of the index in hexadecimal, its length in decimal. */
const [DIGEST, LENGTH] = [64, 16];
const TRAILER = DIGEST + LENGTH;
const unused = new FinalizationRegistry((file) => closeSync(file));
/** What follows the pixels. */
export function encodeIndex(index) {
    const text = Buffer.from(JSON.stringify({ version: STORE_VERSION, ...index }));
    return Buffer.concat([text, Buffer.from(sha256(text) + String(text.length).padStart(LENGTH, "0"))]);
}
/** Opens a file of the cache. Undefined where there is none, or where it is damaged, cut off or another's: it is to be made anew. */
export function openStoreFile(path, { key, stride }) {
    let file;
    try {
        file = openSync(path, "r");
    }
    catch {
        return undefined;
    }
    const index = readIndex(file);
    if (index?.key !== key || index.stride !== stride) {
        closeSync(file);
        return undefined;
    }
    const read = (slot, out) => {
        if (readFully(file, out, slot * stride))
            return;
        throw new DatadamError("INVALID_DATA", `The cache of decoded images "${path}" was cut off while it was read.`, {
            hint: "Run again: it is made anew.",
        });
    };
    unused.register(read, file);
    return { ...index, read };
}
function readIndex(file) {
    const { size } = fstatSync(file);
    const trailer = Buffer.alloc(TRAILER);
    if (size < TRAILER || !readFully(file, trailer, size - TRAILER))
        return undefined;
    const digits = trailer.toString("latin1", DIGEST);
    const length = /^\d+$/.test(digits) ? Number(digits) : size;
    if (length > size - TRAILER)
        return undefined;
    const text = Buffer.alloc(length);
    if (!readFully(file, text, size - TRAILER - length))
        return undefined;
    if (sha256(text) !== trailer.toString("latin1", 0, DIGEST))
        return undefined;
    const { version, ...index } = JSON.parse(text.toString());
    const fits = version === STORE_VERSION && index.paths.length * index.stride === size - TRAILER - length;
    return fits ? index : undefined;
}
function readFully(file, out, position) {
    for (let at = 0; at < out.length;) {
        const count = readSync(file, out, at, out.length - at, position + at);
        if (count === 0)
            return false;
        at += count;
    }
    return true;
}
function sha256(bytes) {
    return createHash("sha256").update(bytes).digest("hex");
}
//# sourceMappingURL=store.js.map