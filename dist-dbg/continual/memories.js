// What is remembered at each step of the protocol.
import { takeClasses } from "../images/index.js";
import { ReplayMemory } from "./replay.js";
/** Images a class while `classes` have been seen; never none. */
export function quota(bound, classes) {
    return "perClass" in bound ? bound.perClass : Math.max(1, Math.floor(bound.total / classes));
}
/**
 * Condenses the classes of each step when they arrive, apart from all others, and remembers all. Under a total bound what is
 * remembered of earlier classes is cut to its first images as further classes come.
 *
 * @returns the memory after a step; asked for in any order, each set is condensed once.
 */
export function condensedMemory(train, steps, bound, condense, { key, store, context }) {
    const size = train.shape[0] * train.shape[1] * train.shape[2];
    const seenAt = (step) => steps.slice(0, step + 1).flat();
    const setAt = async (step) => {
        const known = store.get(step);
        if (known !== undefined)
            return known;
        const ipc = quota(bound, seenAt(step).length);
        const own = takeClasses(train, steps[step]);
        const { images, labels } = await condense(own, ipc, key.fold("condense", step), context);
        const set = { images, labels: Uint16Array.from(labels, (label) => steps[step][label]) };
        store.put(step, set);
        return set;
    };
    return async (step) => {
        const seen = seenAt(step);
        const most = quota(bound, seen.length);
        const [picked, labels] = [[], []];
        for (let earlier = 0; earlier <= step; earlier++) {
            const set = await setAt(earlier);
            const counts = new Map();
            for (const [i, label] of set.labels.entries()) {
                const count = counts.get(label) ?? 0;
                counts.set(label, count + 1);
                if (count >= most)
                    continue;
                picked.push(set.images.subarray(i * size, (i + 1) * size));
                labels.push(label);
            }
        }
        const images = new Float32Array(picked.length * size);
        for (const [i, image] of picked.entries())
            images.set(image, i * size);
        return { images, labels: Uint16Array.from(labels), seen };
    };
}
/**
 * Observes images as they come, without steps or borders, and gives what is remembered at `points` equal distances along the stream.
 *
 * @param order indices of images in the order of their coming.
 */
export function streamedMemory(train, order, points, { total, policy, seed }) {
    return async (point) => {
        const memory = new ReplayMemory({ shape: train.shape, capacity: total, policy, seed });
        const end = Math.round(((point + 1) * order.length) / points);
        const seen = new Set();
        for (let start = 0; start < end; start += 256) {
            const picks = order.subarray(start, Math.min(end, start + 256));
            const labels = Array.from(picks, (pick) => train.labels[pick]);
            for (const label of labels)
                seen.add(label);
            memory.observe(train.read(picks), labels);
        }
        const { images, labels } = memory.all();
        return { images, labels: Uint16Array.from(labels), seen: [...seen] };
    };
}
//# sourceMappingURL=memories.js.map