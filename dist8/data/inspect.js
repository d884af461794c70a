// What is in a data set, and what its user should know before trusting numbers made with it.
import { createHash } from "node:crypto";
import { classIndices, setStatistics } from "../images/index.js";
/** A class of more than so many times the images of another is called imbalance. */
const IMBALANCE = 3;
/** Counts, channel statistics, duplicates within and across the parts. Reads every pixel twice. */
export function inspectDataset({ name, train, test }) {
    const trainDigests = digests(train);
    const testDigests = test === undefined ? [] : digests(test);
    const trainReport = inspectSet(train, trainDigests);
    const testReport = test === undefined ? undefined : inspectSet(test, testDigests);
    const inTraining = new Set(trainDigests);
    const leaked = testDigests.filter((digest) => inTraining.has(digest)).length;
    const parts = [["training", trainReport]];
    if (testReport !== undefined)
        parts.push(["test", testReport]);
    const warnings = [
        ...parts.flatMap(([part, report]) => warningsOf(part, report)),
        ...(leaked > 0
            ? [
                `${leaked === 1 ? "1 test image is a training image" : `${leaked} test images are training images`} too: accuracies will be too high`,
            ]
            : []),
    ];
    const { shape, flippable } = train;
    return { name, shape, flippable, train: trainReport, test: testReport, leaked, warnings };
}
function inspectSet(set, own) {
    const seen = new Map();
    let [duplicates, conflicts] = [0, 0];
    for (const [index, digest] of own.entries()) {
        const label = seen.get(digest);
        if (label === undefined)
            seen.set(digest, set.labels[index]);
        else {
            duplicates++;
            if (label !== set.labels[index])
                conflicts++;
        }
    }
    const members = classIndices(set.labels, set.classNames.length);
    const classes = set.classNames.map((className, c) => ({ name: className, count: members[c].length }));
    return { count: set.count, classes, ...setStatistics(set), duplicates, conflicts };
}
function digests(set) {
    return Array.from({ length: set.count }, (_, i) => createHash("sha1").update(set.image(i)).digest("base64"));
}
function warningsOf(part, { classes, duplicates, conflicts }) {
    const sorted = classes.toSorted((a, b) => a.count - b.count);
    const [least, most] = [sorted[0], sorted[sorted.length - 1]];
    const warnings = [];
    if (most.count > IMBALANCE * least.count) {
        warnings.push(`${part} classes are out of balance: "${most.name}" has ${most.count} images, "${least.name}" ${least.count}`);
    }
    if (duplicates > 0) {
        const labels = conflicts > 0 ? `, ${conflicts} of them under another label` : "";
        const images = duplicates === 1 ? `1 ${part} image is` : `${duplicates} ${part} images are`;
        warnings.push(`${images} there more than once${labels}`);
    }
    return warnings;
}
//# sourceMappingURL=inspect.js.map