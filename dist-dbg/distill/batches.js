// Images in micro-batches: as many at once as a device likes.
/** Runs of at most `most` that cover `0 .. count`. */
export function split(count, most) {
    return Array.from({ length: Math.ceil(count / most) }, (_, i) => ({
        start: i * most,
        length: Math.min(most, count - i * most),
    }));
}
/** What a program sums over images, as means over all of them. Sums are taken in one order, whatever the workers do. */
export async function meansOverImages(options) {
    const { engine, images, size, most, program, common = {}, parameters } = options;
    const count = images.length / size;
    const groups = new Map();
    for (const { start, length } of split(count, most)) {
        const batch = { images: images.subarray(start * size, (start + length) * size) };
        groups.set(length, [...(groups.get(length) ?? []), batch]);
    }
    const parts = await Promise.all([...groups].map(([length, batches]) => engine.sum(program(length), common, batches, parameters)));
    return Object.fromEntries(Object.keys(parts[0]).map((name) => [
        name,
        parts[0][name].map((_, i) => parts.reduce((total, part) => total + part[name][i], 0) / count),
    ]));
}
//# sourceMappingURL=batches.js.map