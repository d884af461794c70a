// The batches of an epoch: which images, in which order, augmented how.
import { augment, drawAugmentation, parsePolicy } from "../augment/index.js";
/** Images in memory as examples. */
export function examplesOf(set) {
    const size = set.shape.reduce((product, extent) => product * extent, 1);
    return {
        labels: set.labels,
        shape: set.shape,
        targets: set.targets,
        read(indices) {
            const images = new Float32Array(indices.length * size);
            for (let i = 0; i < indices.length; i++) {
                images.set(set.images.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
            }
            return images;
        },
    };
}
/** All batches of an epoch (from 0), each made when it is asked for; `key` names the training. */
export function epochBatches(examples, protocol, epoch, key) {
    const { labels, shape, targets } = examples;
    const [channels, height, width] = shape;
    const policy = parsePolicy(protocol.augment, "one");
    const order = key.fold("order", epoch).stream().permutation(labels.length);
    return {
        count: Math.ceil(order.length / protocol.batch),
        at(index) {
            const picks = order.subarray(index * protocol.batch, (index + 1) * protocol.batch);
            const stream = key.fold("augment", epoch, index).stream();
            const augmentation = drawAugmentation(stream, policy, { height, width, count: picks.length });
            return {
                images: augment(augmentation, examples.read(picks), [picks.length, channels, height, width]),
                labels: Array.from(picks, (pick) => labels[pick]),
                soft: targets && rowsOf(targets, picks, targets.length / labels.length),
            };
        },
    };
}
function rowsOf(rows, picks, width) {
    const out = new Float32Array(picks.length * width);
    for (const [i, pick] of picks.entries())
        out.set(rows.subarray(pick * width, (pick + 1) * width), i * width);
    return out;
}
//# sourceMappingURL=batches.js.map