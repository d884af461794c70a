// One iteration over the classes of a shard. What does not depend on the synthetic images (the network, what it says of the
// real images) is begun for the next iteration while the last classes of this one are at work, so that no worker waits.
import { augment, augmentAdjoint, drawAugmentation, parsePolicy } from "../augment/index.js";
import { classIndices } from "../images/index.js";
export class Step {
    options;
    #members;
    /** Positions of the classes that are matched in one go: each alone, or all where the norm couples them. */
    #groups;
    #shape;
    #next;
    constructor(options) {
        const { set, network, classes } = options;
        this.options = options;
        this.#members = classIndices(set.labels, set.classNames.length);
        this.#groups = network.coupled ? [[...classes.keys()]] : [...classes.keys()].map((position) => [position]);
        this.#shape = set.shape;
    }
    /** The state's images and momentum after iteration `iteration` (from 1). */
    async take(iteration, state) {
        const { method, fresh, signal } = this.options;
        let draft = this.#next?.iteration === iteration ? this.#next : newDraft(iteration, 0, fresh(iteration));
        this.#next = undefined;
        let result = await this.#round(draft, state);
        const distances = [result.distances];
        for (let round = 1; round < method.rounds; round++) {
            signal?.throwIfAborted();
            draft = newDraft(iteration, round, await this.#train(draft, result.images));
            result = await this.#round(draft, result);
            distances.push(result.distances);
        }
        return { ...result, distances: sums(distances).map((total) => total / distances.length) };
    }
    /** One match of every class, and one step of the images. */
    async #round(draft, state) {
        const { config, method, workers } = this.options;
        const part = config.ipc * this.#size;
        const shape = [config.ipc, ...this.#shape];
        const gradient = new Float32Array(state.images.length);
        const distances = [];
        await inLanes(2 * workers, this.#groups.length, async (g) => {
            const group = this.#groups[g];
            const targets = await this.#targets(draft, g);
            const images = group.map((position) => augment(this.#augmentation(draft, position), state.images.subarray(position * part, (position + 1) * part), shape));
            const match = await method.matching.match(draft.parameters, targets, join(images), this.#labels(group));
            distances[g] = match.distances;
            for (const [i, position] of group.entries()) {
                const own = match.gradient.subarray(i * part, (i + 1) * part);
                gradient.set(augmentAdjoint(this.#augmentation(draft, position), own, shape), position * part);
            }
        }, (lane) => this.#prefetch(draft, lane));
        const { momentum: decay, lrImg } = config;
        const momentum = gradient.map((value, i) => decay * state.momentum[i] + value);
        const images = state.images.map((x, i) => x - lrImg * momentum[i]);
        return { images, momentum, distances: sums(distances) };
    }
    /** Begins the real pass of the next iteration. A next round's network is not known before this one has ended. */
    #prefetch({ iteration, round }, lane) {
        const { config, method, fresh } = this.options;
        if (round < method.rounds - 1 || iteration >= config.iterations || lane >= this.#groups.length)
            return;
        this.#next ??= newDraft(iteration + 1, 0, fresh(iteration + 1));
        // A failure is met when the iteration is taken; until then nobody waits for it.
        this.#targets(this.#next, lane).catch(() => undefined);
    }
    #train({ iteration, round, parameters }, images) {
        const { config, key, classes, method } = this.options;
        if (method.train === undefined)
            throw new TypeError("a method of several rounds must train its network");
        const labels = Uint16Array.from({ length: classes.length * config.ipc }, (_, i) => classes[Math.floor(i / config.ipc)]);
        return method.train(parameters, images, labels, key.fold("train", iteration, round));
    }
    get #size() {
        return this.#shape[0] * this.#shape[1] * this.#shape[2];
    }
    #labels(group) {
        return group.map((position) => this.options.classes[position]);
    }
    /** Begins a group's real pass, unless it has begun. */
    #targets(draft, g) {
        draft.targets[g] ??= this.options.method.matching.targets(draft.parameters, this.#realImages(draft, this.#groups[g]), this.#labels(this.#groups[g]));
        return draft.targets[g];
    }
    /** Augmented real images of a group, as many of each class. */
    #realImages(draft, group) {
        const { set, config, classes } = this.options;
        const batch = Math.min(config.batchReal, ...group.map((position) => this.#members[classes[position]].length));
        const parts = group.map((position) => {
            const members = this.#members[classes[position]];
            const picks = this.#key("real", draft, position).stream().sample(members.length, batch);
            const real = set.read(Array.from(picks, (pick) => members[pick]));
            return augment(this.#augmentation(draft, position), real, [batch, ...this.#shape]);
        });
        return join(parts);
    }
    /** The same for the real and the synthetic images of a class. */
    #augmentation(draft, position) {
        const { config } = this.options;
        const [, height, width] = this.#shape;
        const policy = parsePolicy(config.augment, config.augmentMode);
        return drawAugmentation(this.#key("augment", draft, position).stream(), policy, { height, width });
    }
    #key(purpose, { iteration, round }, position) {
        const key = this.options.key.fold(purpose, iteration, this.options.classes[position]);
        return round === 0 ? key : key.fold(round);
    }
}
function newDraft(iteration, round, parameters) {
    return { iteration, round, parameters, targets: [] };
}
/** Element by element. */
function sums(rows) {
    return rows[0].map((_, k) => rows.reduce((total, row) => total + row[k], 0));
}
/**
 * Runs `task(0) ... task(count - 1)` in at most `most` lanes, in that order of starting. `idle(lane)` is called when a
 * lane (from 0, in order of ending) finds nothing left to start.
 */
async function inLanes(most, count, task, idle) {
    let next = 0;
    let ended = 0;
    const lane = async () => {
        while (next < count)
            await task(next++);
        idle(ended++);
    };
    await Promise.all(Array.from({ length: Math.min(most, count) }, lane));
}
function join(parts) {
    if (parts.length === 1)
        return parts[0];
    const joined = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
    let offset = 0;
    for (const part of parts) {
        joined.set(part, offset);
        offset += part.length;
    }
    return joined;
}
//# sourceMappingURL=step.js.map