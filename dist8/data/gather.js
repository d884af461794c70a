// What decoding the images of a data set gives, in memory or on the disk.
/** A path with its class, class by class. */
export function labelled(part) {
    return part.flatMap((paths, label) => paths.map((path) => ({ path, label })));
}
//# sourceMappingURL=gather.js.map