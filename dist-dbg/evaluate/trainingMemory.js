// What training shares with the workers: parameters and momentum, the gradients of parts of a batch, and the batch.
import { GRADIENT, STATISTIC } from "./programs.js";
/** Arrays begin at whole cache lines. */
const LINE = 16;
const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);
/** Positions for arrays one after another, from `start`, and where the last one ends. */
function layOut(sizes, start = 0) {
    let end = start;
    const places = Object.fromEntries(sizes.map(([name, size]) => {
        const place = end;
        end += Math.ceil(size / LINE) * LINE;
        return [name, place];
    }));
    return [places, end];
}
export class TrainingMemory {
    state;
    parameters;
    velocity;
    /** Of the outputs of a train program, with their sizes. */
    #places;
    #end;
    #totals = [];
    #batch = new SharedArrayBuffer(0);
    constructor({ parameters, buffers }) {
        const sizes = parameters.map(({ name, shape }) => [name, sizeOf(shape)]);
        const [places, length] = layOut(sizes);
        const memory = new SharedArrayBuffer(8 * length);
        const view = (start) => Object.fromEntries(sizes.map(([name, size]) => [name, new Float32Array(memory, 4 * (start + places[name]), size)]));
        this.state = { memory, places, length };
        this.parameters = view(0);
        this.velocity = view(length);
        const rest = buffers.map(({ name, shape }) => [STATISTIC + name, sizeOf(shape)]);
        const [others, end] = layOut([["loss", 1], ...rest], length);
        const gradients = Object.entries(places).map(([name, place]) => [GRADIENT + name, place]);
        this.#places = { ...Object.fromEntries(gradients), ...others };
        this.#end = end;
    }
    /** Where the sums of the `index`-th part of a batch go. */
    totals(index) {
        this.#totals[index] ??= { memory: new SharedArrayBuffer(4 * this.#end), places: this.#places };
        return this.#totals[index];
    }
    /** The number `name` or the statistics `name` in the sums of the first `parts` parts of a batch, added. */
    total(name, size, parts) {
        const result = new Float32Array(size);
        for (let part = 0; part < parts; part++) {
            const addend = new Float32Array(this.totals(part).memory, 4 * this.#places[name], size);
            for (let i = 0; i < size; i++)
                result[i] += addend[i];
        }
        return result;
    }
    /** Room for a batch, of `length` floats. */
    batch(length) {
        if (this.#batch.byteLength < 4 * length)
            this.#batch = new SharedArrayBuffer(4 * length);
        return new Float32Array(this.#batch, 0, length);
    }
}
//# sourceMappingURL=trainingMemory.js.map