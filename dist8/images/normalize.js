// `(byte / 255 - mean[c]) / std[c]` and back.
import { DatadamError } from "../errors.js";
/** What each byte becomes, a table a channel. */
export function byteTables({ mean, std }) {
    return mean.map((m, c) => Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - m) / std[c]));
}
/** Normalises one image of `tables.length` channels of `area` pixels to `out[to]` on. */
export function normalizeImage(image, area, tables, out, to) {
    for (const [c, table] of tables.entries()) {
        const from = c * area;
        for (let i = from; i < from + area; i++)
            out[to + i] = table[image[i]];
    }
}
/** The byte nearest to a normalised value: clamped to [0, 255], halves round up, NaN gives 0. */
export function toByte(value, mean, std) {
    const byte = Math.floor((value * std + mean) * 255 + 0.5);
    return byte > 0 ? Math.min(byte, 255) : 0;
}
/** @throws DatadamError `INVALID_DATA` unless there is a finite mean and a positive std for each channel. */
export function checkNormalization({ mean, std }, channels, name) {
    const fits = mean.length === channels && std.length === channels;
    if (fits && mean.every(Number.isFinite) && std.every((s) => Number.isFinite(s) && s > 0))
        return;
    throw new DatadamError("INVALID_DATA", `Normalisation mean [${mean.join(", ")}], std [${std.join(", ")}] does not fit ${name} of ${channels} channels.`, { hint: "Give one mean and one std above 0 for each channel, of pixels in [0, 1]." });
}
//# sourceMappingURL=normalize.js.map