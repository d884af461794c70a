// Parts of a set, as sets: some of its images, or some of its classes. Nothing is copied.
import { DatadamError } from "../errors.js";
import { classIndices } from "./classes.js";
import { checkIndex, readImages } from "./imageSet.js";
/** The images at `indices`, in that order; all classes stay. @throws RangeError where there is no such image */
export function takeImages(set, indices) {
    const order = Uint32Array.from(indices);
    for (const index of order)
        checkIndex(set, index);
    return view(set, order, Uint16Array.from(order, (index) => set.labels[index]), set.classNames);
}
/**
 * The images of some classes, which are numbered anew from 0 in the order given; images stay in the set's order.
 *
 * @throws DatadamError `INVALID_OPTION` for a class that the set lacks, or one named twice.
 */
export function takeClasses(set, classes) {
    const wrong = classes.find((c, i) => set.classNames[c] === undefined || classes.indexOf(c) !== i);
    if (wrong !== undefined || classes.length === 0) {
        throw new DatadamError("INVALID_OPTION", `classes: ${wrong ?? "none"} is not one class of ${set.name} (0 to ${set.classNames.length - 1}, each once)`);
    }
    const members = classIndices(set.labels, set.classNames.length);
    const order = Uint32Array.from(classes.flatMap((c) => [...members[c]])).sort();
    const labelOf = new Map(classes.map((c, label) => [c, label]));
    const labels = Uint16Array.from(order, (index) => labelOf.get(set.labels[index]));
    return view(set, order, labels, classes.map((c) => set.classNames[c]));
}
function view(set, order, labels, classNames) {
    const { name, shape } = set;
    const facts = { name, shape, count: order.length, labels, classNames };
    if ("read" in set) {
        const { preprocessing } = set;
        const read = (indices, out) => set.read(Uint32Array.from(indices, (index) => {
            checkIndex(facts, index);
            return order[index];
        }), out);
        return { ...facts, preprocessing, read };
    }
    const { normalization, flippable } = set;
    const image = (index) => {
        checkIndex(facts, index);
        return set.image(order[index]);
    };
    const part = {
        ...facts,
        normalization,
        flippable,
        image,
        get pixels() {
            return readImages(part, 0, part.count);
        },
    };
    return part;
}
//# sourceMappingURL=take.js.map