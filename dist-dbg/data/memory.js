// Images decoded into shared memory.
import { readOrSkip } from "./corrupt.js";
import { writePlanes } from "./decode.js";
import { labelled } from "./gather.js";
import { mapInOrder } from "./mapInOrder.js";
import { addMislabelled, mislabelOf, NONE_MISLABELLED } from "./mislabelled.js";
import { inMemory, sharedBytes, sharedLabels } from "./pixels.js";
/** Decodes parts, class by class, as `channels` planes of `size` by `size` bytes. */
export async function decodeToMemory(parts, image, channels, size, corrupt) {
    const stride = channels * size ** 2;
    const skipped = [];
    const gathered = [];
    let [grey, mislabelled] = [true, NONE_MISLABELLED];
    for (const part of parts) {
        const items = labelled(part);
        const pixels = sharedBytes(items.length * stride);
        const labels = sharedLabels(items.length);
        let n = 0;
        const write = async ({ path, label }) => {
            const at = n++;
            const decoded = await readOrSkip(path, corrupt, () => image(path));
            if (!("rgb" in decoded))
                return decoded;
            writePlanes(decoded, channels, pixels.subarray(at * stride, (at + 1) * stride));
            labels[at] = label;
            return { at, grey: decoded.grey, mislabelled: mislabelOf(path, decoded.format) };
        };
        let kept = 0;
        for (const result of await mapInOrder(items, write)) {
            if (!("grey" in result)) {
                skipped.push(result);
                continue;
            }
            const { at } = result;
            grey &&= result.grey;
            mislabelled = addMislabelled(mislabelled, result.mislabelled);
            if (at > kept) {
                pixels.copyWithin(kept * stride, at * stride, (at + 1) * stride);
                labels[kept] = labels[at];
            }
            kept++;
        }
        gathered.push(inSharedMemory(pixels.subarray(0, kept * stride), labels.subarray(0, kept), stride));
    }
    return { parts: gathered, skipped, grey, mislabelled };
}
function inSharedMemory(pixels, labels, stride) {
    const open = (facts) => {
        const size = facts.shape[0] * facts.shape[1] * facts.shape[2];
        const own = size === stride ? pixels : firstBytes(pixels, stride, size);
        return inMemory({ ...facts, count: labels.length, labels, pixels: own });
    };
    return { labels, open };
}
/** The first bytes of each image. */
function firstBytes(pixels, stride, size) {
    const out = sharedBytes((pixels.length / stride) * size);
    for (let n = 0; n * size < out.length; n++)
        out.set(pixels.subarray(n * stride, n * stride + size), n * size);
    return out;
}
//# sourceMappingURL=memory.js.map