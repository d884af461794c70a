// What all networks take, and the checks they share.
import { architectures } from "./architectures.js";
export function sidesOf(size) {
    return typeof size === "number" ? [size, size] : size;
}
/** @throws RangeError naming the first value that is no positive integer. */
export function checkCounts(network, values) {
    for (const [name, value] of Object.entries(values)) {
        if (!Number.isInteger(value) || value < 1)
            throw new RangeError(`${network}: ${name} must be a positive integer, got ${value}`);
    }
}
/** @throws RangeError where `value` is not one of `known`. */
export function checkChoice(network, option, value, known) {
    if (!known.includes(value)) {
        throw new RangeError(`${network}: unknown ${option} "${value}"; known: ${known.join(", ")}`);
    }
}
/**
 * Fills in what a network of fixed architecture was not given, and checks it.
 *
 * @throws RangeError for counts that are none, a norm the architecture cannot have, images too small for it.
 */
export function settleOptions(network, options) {
    const known = architectures[network];
    const { channels = 3, size = 32, classes = 10, width = known.width, norm = known.norms[0] } = options;
    const [height, breadth] = sidesOf(size);
    checkCounts(network, { channels, height, width: breadth, classes, "net width": width });
    if (!known.norms.includes(norm)) {
        throw new RangeError(`${network}: norm "${norm}" does not apply; it can have: ${known.norms.join(", ")}`);
    }
    if (norm === "group" && width % 4 !== 0)
        throw new RangeError(`${network}: group norm needs a width divisible by 4, got ${width}`);
    if (Math.min(height, breadth) < known.smallest) {
        throw new RangeError(`${network}: ${height} x ${breadth} images are too small for it; it needs ${known.smallest} px or more, or use another network`);
    }
    return { channels, size, classes, width, norm, height, breadth };
}
/** Zeros on each side in the first convolution: images of 28 px are brought to the 32 px that the family's networks are made for. */
export function firstPadding(usual, height, width) {
    return height === 28 && width === 28 ? usual + 2 : usual;
}
//# sourceMappingURL=options.js.map