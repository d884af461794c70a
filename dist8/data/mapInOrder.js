// A few things at once, in order.
/** Images decoded at once: more gain nothing on two cores (bench/store.mjs). */
export const AT_ONCE = 8;
/** Maps with a few at once, begun in order; results in order, and the first failure in order is the one thrown. */
export async function mapInOrder(source, map, atOnce = AT_ONCE) {
    const results = [];
    await eachInOrder(source, map, (result) => void results.push(result), atOnce);
    return results;
}
/** As {@link mapInOrder}, but hands each result on, in order, instead of keeping it. */
export async function eachInOrder(source, map, take, atOnce = AT_ONCE) {
    const pending = [];
    for await (const item of source) {
        const result = map(item);
        result.catch(() => { }); // told below, when its turn comes
        pending.push(result);
        if (pending.length >= atOnce)
            await take(await pending.shift());
    }
    for (const result of pending)
        await take(await result);
}
//# sourceMappingURL=mapInOrder.js.map