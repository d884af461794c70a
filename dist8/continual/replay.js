// A memory of a bounded number of images, for a training loop of one's own.
import { DatadamError } from "../errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/index.js";
import { Key } from "../random/index.js";
const FORMAT = "datadam-replay/1";
/**
 * Remembers at most `capacity` images of a stream that may never end and whose classes need not be known.
 *
 * `balanced` (Prabhu et al., "GDumb", ECCV 2020, algorithm 1): an image is taken while its class has less than its share of the
 * capacity; where the memory is full, a random image of the largest class goes. `reservoir` (Vitter 1985): after `t` images each of
 * them is there with probability `capacity / t`.
 */
export class ReplayMemory {
    shape;
    capacity;
    policy;
    seed;
    #key;
    #size;
    #images;
    #labels = [];
    /** Places of the images of each class that has ever come. */
    #places = new Map();
    #observed = 0;
    #sampled = 0;
    /** @throws DatadamError `INVALID_OPTION` for a capacity, shape, policy or seed that is none. */
    constructor({ shape, capacity, policy = "balanced", seed = 0 }) {
        for (const [name, value] of [
            ["capacity", capacity],
            ...shape.map((extent) => ["shape", extent]),
        ]) {
            if (!Number.isSafeInteger(value) || value < 1) {
                throw new DatadamError("INVALID_OPTION", `replay memory: ${name} must be positive integers, got ${value}`);
            }
        }
        if (policy !== "balanced" && policy !== "reservoir") {
            throw new DatadamError("INVALID_OPTION", `replay memory: unknown policy ${JSON.stringify(policy)}`, {
                hint: "Known: balanced, reservoir.",
            });
        }
        this.shape = shape;
        this.capacity = capacity;
        this.policy = policy;
        this.seed = seed;
        this.#key = Key.fromSeed(seed).fold("replay");
        this.#size = shape[0] * shape[1] * shape[2];
        this.#images = new Float32Array(capacity * this.#size);
    }
    /** Images remembered now. */
    get size() {
        return this.#labels.length;
    }
    /** Images observed so far. */
    get observed() {
        return this.#observed;
    }
    /** Images remembered of each class that has ever come. */
    get counts() {
        return new Map([...this.#places].map(([label, places]) => [label, places.length]));
    }
    /**
     * Shows the memory the next images of the stream, one after the other; it copies what it keeps.
     *
     * @param images float32 NCHW, `labels.length` images of {@link shape}.
     * @param labels integers of 0 or more.
     * @throws RangeError where the two do not fit.
     */
    observe(images, labels) {
        if (images.length !== labels.length * this.#size) {
            throw new RangeError(`replay memory: ${images.length} numbers and ${labels.length} labels are not images of ${this.shape.join("x")}`);
        }
        for (let i = 0; i < labels.length; i++) {
            if (!Number.isSafeInteger(labels[i]) || labels[i] < 0)
                throw new RangeError(`replay memory: ${labels[i]} is no label`);
        }
        for (let i = 0; i < labels.length; i++) {
            const place = this.policy === "balanced" ? this.#balancedPlace(labels[i]) : this.#reservoirPlace();
            this.#observed++;
            if (place === undefined)
                continue;
            this.#put(place, images.subarray(i * this.#size, (i + 1) * this.#size), labels[i]);
        }
    }
    /** `n` different images in random order, or all where there are fewer. Every call draws anew. */
    sample(n) {
        const picks = this.#key
            .fold("sample", this.#sampled++)
            .stream()
            .sample(this.size, Math.min(n, this.size));
        return this.#read(picks);
    }
    /** Everything that is remembered. */
    all() {
        return this.#read(Uint32Array.from(this.#labels.keys()));
    }
    /** All of it as the bytes of a safetensors file: `images` F32 [n, c, h, w], `labels` I64 [n]. {@link load} goes on as if nothing had been. */
    save() {
        const { images, labels } = this.all();
        const { capacity, policy, seed } = this;
        const state = {
            shape: this.shape,
            capacity,
            policy,
            seed,
            observed: this.#observed,
            sampled: this.#sampled,
            classes: [...this.#places.keys()],
        };
        return encodeSafetensors({
            images: { dtype: "F32", shape: [labels.length, ...this.shape], data: images },
            labels: { dtype: "I64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) },
        }, { format: FORMAT, state: JSON.stringify(state) });
    }
    /** @throws DatadamError `INVALID_DATA` for bytes that {@link save} has not made. */
    static load(bytes) {
        try {
            return ReplayMemory.#decode(bytes);
        }
        catch (cause) {
            throw new DatadamError("INVALID_DATA", `not a saved replay memory: ${cause.message}`, { cause });
        }
    }
    static #decode(bytes) {
        const { tensors, metadata } = decodeSafetensors(bytes);
        const { images, labels } = tensors;
        if (metadata.format !== FORMAT)
            throw new Error(`its metadata do not say ${FORMAT}`);
        if (images?.dtype !== "F32" || labels?.dtype !== "I64")
            throw new Error("it has no float32 images and int64 labels");
        const state = JSON.parse(metadata.state);
        const counters = [state.observed, state.sampled, ...state.classes];
        const memory = new ReplayMemory(state);
        const numbers = Array.from(labels.data, Number);
        const fits = images.shape.join() === [numbers.length, ...state.shape].join() && numbers.length <= memory.capacity;
        const known = numbers.every((label) => state.classes.includes(label));
        if (!fits || !known || !counters.every((count) => Number.isSafeInteger(count) && count >= 0)) {
            throw new Error("its parts do not fit each other");
        }
        for (const label of state.classes)
            memory.#places.set(label, []);
        for (const [i, label] of numbers.entries()) {
            memory.#put(i, images.data.subarray(i * memory.#size, (i + 1) * memory.#size), label);
        }
        memory.#observed = state.observed;
        memory.#sampled = state.sampled;
        return memory;
    }
    #read(picks) {
        const images = new Float32Array(picks.length * this.#size);
        for (let i = 0; i < picks.length; i++) {
            images.set(this.#images.subarray(picks[i] * this.#size, (picks[i] + 1) * this.#size), i * this.#size);
        }
        return { images, labels: Int32Array.from({ length: picks.length }, (_, i) => this.#labels[picks[i]]) };
    }
    /** Where the next image goes; undefined: nowhere. */
    #reservoirPlace() {
        if (this.size < this.capacity)
            return this.size;
        const drawn = this.#draw().integer(this.#observed + 1);
        return drawn < this.capacity ? drawn : undefined;
    }
    #balancedPlace(label) {
        const own = this.#places.get(label) ?? [];
        this.#places.set(label, own);
        if (own.length > 0 && own.length >= this.capacity / this.#places.size)
            return undefined;
        if (this.size < this.capacity)
            return this.size;
        const largest = [...this.#places.values()].reduce((most, places) => (places.length > most.length ? places : most));
        return largest[this.#draw().integer(largest.length)];
    }
    #draw() {
        return this.#key.fold("observe", this.#observed).stream();
    }
    #put(place, image, label) {
        const before = this.#labels[place];
        if (before !== undefined) {
            const places = this.#places.get(before);
            places.splice(places.indexOf(place), 1);
        }
        this.#images.set(image, place * this.#size);
        this.#labels[place] = label;
        const places = this.#places.get(label) ?? [];
        places.push(place);
        this.#places.set(label, places);
    }
}
//# sourceMappingURL=replay.js.map