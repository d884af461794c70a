// One matching step: the loss of synthetic against real images under one network, and its gradient.
import { meansOverImages, split } from "./batches.js";
import { distanceOf } from "./distance.js";
import { matchProgram, meansProgram, pullbackProgram, quantities, totalsProgram, weightOf, } from "./programs.js";
/** Synthetic images of a class up to this many micro-batches take one program; more take two passes. */
const ONE_PASS = 2;
/** Images from which on a program pays for transforming weights when it is compiled, anew for each network. */
const WORTH_FILTERING = 8;
let bindings = 0;
/** Parameters as programs take them. */
export function bindParameters(values) {
    return { id: `parameters${bindings++}`, values };
}
/**
 * Matches the means of images (attention, features) under one objective; programs are traced once for each shape. Its
 * distances: the attention of each layer, then the features, unweighted.
 */
export class Matcher {
    objective;
    #engine;
    #programs = new Map();
    constructor(objective, engine) {
        this.objective = objective;
        this.#engine = engine;
    }
    /**
     * Mean quantities of each class of real images: what synthetic images are to match. Images (NCHW) are in class order,
     * as many of each class; several classes at once only where the norm couples the images of a batch.
     */
    targets(parameters, real, { length: classes }) {
        if (!this.objective.network.coupled)
            return this.#classMeans(parameters, real);
        const count = real.length / this.#imageSize / classes;
        const program = this.#program(`means${classes}`, count, () => meansProgram(this.objective, classes, count));
        return this.#engine.run(program, { images: real }, parameters);
    }
    /** Loss and gradient of synthetic images, in class order as those of {@link targets}; their number may be another. */
    async match(parameters, targets, synthetic, { length: classes }) {
        const size = this.#imageSize;
        const count = synthetic.length / size;
        if (this.objective.network.coupled || count <= ONE_PASS * this.#engine.microBatch) {
            return this.#matchAll(parameters, targets, synthetic, classes);
        }
        const means = await this.#classMeans(parameters, synthetic);
        const distances = [];
        const cotangents = {};
        for (const name of quantities(this.objective)) {
            const weight = weightOf(this.objective, name) / count;
            const { distance, gradient } = distanceOf(this.objective.errorType, means[name], targets[name], weight);
            if (weight > 0)
                cotangents[`cotangent.${name}`] = gradient;
            distances.push(distance);
        }
        const gradient = new Float32Array(synthetic.length);
        await Promise.all(split(count, this.#engine.microBatch).map(async ({ start, length }) => {
            const program = this.#program("pullback", length, () => pullbackProgram(this.objective, length, this.#onCpu));
            const images = synthetic.slice(start * size, (start + length) * size);
            const outputs = await this.#engine.run(program, { ...cotangents, images }, parameters);
            gradient.set(outputs.gradient, start * size);
        }));
        return { distances, gradient };
    }
    async #matchAll(parameters, targets, images, classes) {
        const count = images.length / this.#imageSize / classes;
        const program = this.#program(`match${classes}`, count, () => matchProgram(this.objective, classes, count, this.#onCpu && classes * count >= WORTH_FILTERING));
        const feeds = { images };
        for (const [name, target] of Object.entries(targets))
            feeds[`target.${name}`] = target;
        const outputs = await this.#engine.run(program, feeds, parameters);
        const distances = quantities(this.objective).map((name) => outputs[`distance.${name}`][0]);
        return { distances, gradient: outputs.gradient };
    }
    #classMeans(parameters, images) {
        return meansOverImages({
            engine: this.#engine,
            images,
            size: this.#imageSize,
            most: this.#engine.forwardBatch,
            program: (length) => this.#program("totals", length, () => totalsProgram(this.objective, length, this.#onCpu)),
            parameters,
        });
    }
    /** Where Winograd's filtering pays. */
    get #onCpu() {
        return this.#engine.device === "cpu";
    }
    get #imageSize() {
        return this.objective.network.input.reduce((product, extent) => product * extent, 1);
    }
    #program(kind, count, build) {
        const key = `${kind}x${count}`;
        const program = this.#programs.get(key) ?? build();
        this.#programs.set(key, program);
        return program;
    }
}
//# sourceMappingURL=match.js.map