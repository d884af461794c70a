// Canonical JSON and the hashes that tie a checkpoint to its run and its data.
import { createHash } from "node:crypto";
/** JSON with sorted keys and no spaces: equal values give equal text. */
export function canonicalJson(value) {
    return JSON.stringify(value, (_key, inner) => inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner);
}
/** SHA-256 of a set's shape, labels and pixels, hexadecimal. */
export function fingerprint(set) {
    const hash = createHash("sha256")
        .update(canonicalJson({ shape: set.shape, count: set.count, normalization: set.normalization }))
        .update(bytesOf(set.labels));
    for (let i = 0; i < set.count; i++)
        hash.update(set.image(i));
    return hash.digest("hex");
}
/** Keys that came after the first runs, and what says that they change nothing: left out, so that those runs can go on. */
const LATER = {
    averaging: false,
    method: "datadam",
    arch: "convnet",
    attentionWeight: 1,
    attentionReduction: "sum",
    attentionNorm: "l2",
    errorType: "mse",
    outerLoops: 1,
    innerLoops: 1,
    lrNet: 0.01,
    batchTrain: 256,
};
/** A configuration without the keys that change nothing: what hashes are made of. */
export function decisive(config) {
    return Object.fromEntries(Object.entries(config).filter(([key, value]) => LATER[key] !== value));
}
/** What decides a run's numbers: configuration without the number of iterations, data, shard. */
export function configHash(record) {
    const { iterations: _, ...config } = decisive({ ...record.config });
    const { selection, initial } = record;
    const start = { ...(selection && { selection }), ...(initial && { initial: initial.sha256 }) };
    const facts = { config, data: record.dataset.fingerprint, classes: record.classes, ...start };
    return createHash("sha256").update(canonicalJson(facts)).digest("hex");
}
/** What tells one set of images from another: SHA-256 of its images and labels. */
export function setHash({ images, labels }) {
    return checksum(images, labels);
}
/** SHA-256 of several arrays in turn, hexadecimal. */
export function checksum(...arrays) {
    const hash = createHash("sha256");
    for (const array of arrays)
        hash.update(typeof array === "string" ? array : bytesOf(array));
    return hash.digest("hex");
}
function bytesOf(view) {
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
//# sourceMappingURL=hash.js.map