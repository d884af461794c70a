// Image sets in memory, made from plain arrays, and reading any set.
import { setStatistics } from "./statistics.js";
/**
 * An image set of arrays that you have: what `loadDataset` gives for files.
 *
 * @throws RangeError where pixels, labels, shape and class names do not fit each other.
 */
export function imageSet(options) {
    const { name = "images", shape, pixels, labels, flippable = true } = options;
    const [count, size] = [labels.length, shape[0] * shape[1] * shape[2]];
    if (pixels.length !== count * size) {
        throw new RangeError(`${name}: ${pixels.length} bytes and ${count} labels are not ${count} images of ${shape.join("x")}`);
    }
    const classNames = options.classNames ?? namesUpTo(labels);
    for (let i = 0; i < count; i++) {
        const label = labels[i];
        if (Number.isInteger(label) && label >= 0 && label < classNames.length)
            continue;
        throw new RangeError(`${name}: label ${label} of image ${i} is none of the ${classNames.length} classes`);
    }
    const set = inMemory({ name, count, shape, classNames, labels: Uint16Array.from(labels), pixels, flippable });
    return { ...set, normalization: options.normalization ?? setStatistics(set) };
}
function namesUpTo(labels) {
    let most = -1;
    for (let i = 0; i < labels.length; i++)
        most = Math.max(most, Math.trunc(labels[i]));
    return Array.from({ length: most + 1 }, (_, c) => String(c));
}
/** The set with its {@link ImageSet.image}, which reads `pixels`. A copy with other pixels (`{ ...set, pixels }`) reads those. */
export function inMemory(set) {
    return { ...set, image: imageOfPixels };
}
function imageOfPixels(index) {
    checkIndex(this, index);
    const size = imageSize(this);
    return this.pixels.subarray(index * size, (index + 1) * size);
}
/** Bytes of an image. */
export function imageSize({ shape }) {
    return shape[0] * shape[1] * shape[2];
}
/** @throws RangeError where the set has no such image. */
export function checkIndex({ name, count }, index) {
    if (Number.isInteger(index) && index >= 0 && index < count)
        return;
    throw new RangeError(`${name} has images 0 to ${count - 1}, not ${index}`);
}
/** `count` images from `start` on, copied into one array: uint8 NCHW. */
export function readImages(set, start, count) {
    const size = imageSize(set);
    const out = new Uint8Array(count * size);
    for (let i = 0; i < count; i++)
        out.set(set.image(start + i), i * size);
    return out;
}
//# sourceMappingURL=imageSet.js.map