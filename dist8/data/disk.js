// Images decoded into the cache and read from it one by one.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { DatadamError } from "../errors.js";
import { checkIndex, imageSize } from "../images/index.js";
import { openStore } from "./buildStore.js";
import { readOrSkip } from "./corrupt.js";
import { labelled } from "./gather.js";
import { mapInOrder } from "./mapInOrder.js";
import { gibibytes, MAX_SET_BYTES, sharedLabels } from "./pixels.js";
import { STORE_VERSION } from "./store.js";
/** Above so many bytes of pixels a set is kept on the disk, unless told otherwise. */
const AUTO_BYTES = 2 ** 30;
/** Files asked for their size and time at once. */
const STAMPS_AT_ONCE = 64;
/**
 * Whether so many bytes are to be kept on the disk.
 * @param possible whether the files can be read again
 * @throws DatadamError INVALID_OPTION where the disk was asked for and is not possible
 */
export function wantsDisk(root, { store }, bytes, possible) {
    if (store === "disk" && !possible) {
        throw new DatadamError("INVALID_OPTION", `"${root}" is a tar archive, which is decoded into memory.`, {
            hint: "Unpack it or pack it as zip to use --store disk.",
        });
    }
    return store === "disk" || (store === "auto" && possible && bytes > AUTO_BYTES);
}
/** Decodes the files of the parts where the cache does not have them. How they are split into parts does not matter to it. */
export async function decodeToDisk(parts, { root, image, stamp }, channels, options) {
    const paths = parts.flat(2).sort();
    const stampOf = (path) => readOrSkip(path, options.corrupt, () => stamp(path));
    const stamps = await mapInOrder(paths, stampOf, STAMPS_AT_ONCE);
    const key = storeKey([resolve(root), channels, options.size], paths.map((path, i) => [path, stamps[i]])); // biome-ignore format: short
    const images = () => paths.map((path) => ({ path, decode: () => image(path) }));
    const source = { root, key, channels, size: options.size, total: paths.length, images };
    return partsOfStore(await openStore(source, options), parts);
}
/** The SHA-256 of facts, and of the files with what tells that they have changed. */
export function storeKey(facts, files) {
    const hash = createHash("sha256").update(JSON.stringify([STORE_VERSION, ...facts]));
    for (const file of files)
        hash.update(JSON.stringify(file));
    return hash.digest("hex");
}
/** The parts of what a store holds, without the files that were skipped. */
export function partsOfStore(store, parts) {
    const slotOf = new Map(store.paths.map((path, slot) => [path, slot]));
    const { grey, mislabelled, skipped, read } = store;
    const gathered = parts.map((part) => {
        const items = labelled(part).filter(({ path }) => slotOf.has(path));
        const labels = sharedLabels(items.length);
        labels.set(items.map(({ label }) => label));
        const slots = Uint32Array.from(items, ({ path }) => slotOf.get(path));
        return { labels, open: (facts) => onDisk(facts, labels, slots, read) };
    });
    return { parts: gathered, skipped, grey, mislabelled };
}
function onDisk(facts, labels, slots, read) {
    const size = imageSize(facts);
    const set = {
        ...facts,
        count: labels.length,
        labels,
        image(index) {
            checkIndex(set, index);
            const out = new Uint8Array(size);
            read(slots[index], out);
            return out;
        },
    };
    // Not enumerable, so that a copy (`{ ...set }`) does not read them all.
    return Object.defineProperty(set, "pixels", { get: () => allPixels(set) });
}
function allPixels(set) {
    const size = imageSize(set);
    if (set.count * size > MAX_SET_BYTES) {
        throw new RangeError(`${set.name}: its pixels would take ${gibibytes(set.count * size)} GiB of memory; ask for one image after another`);
    }
    const out = new Uint8Array(set.count * size);
    for (let i = 0; i < set.count; i++)
        out.set(set.image(i), i * size);
    return out;
}
//# sourceMappingURL=disk.js.map