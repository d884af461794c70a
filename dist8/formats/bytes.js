// Copying bytes out of what a caller gave, which may be a Buffer (whose `slice` copies nothing) or lie at an odd offset.
/** A copy of bytes `from` to `to` in memory of its own. */
export function copyBytes(bytes, from, to = bytes.length) {
    const out = new Uint8Array(to - from);
    out.set(bytes.subarray(from, to));
    return out;
}
//# sourceMappingURL=bytes.js.map