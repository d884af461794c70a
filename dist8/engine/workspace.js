// A worker's own copies of what training keeps in shared memory, which ONNX Runtime does not take.
import { Vectors } from "./vectors.js";
/** Networks of different layouts that a worker holds copies for. */
const MOST = 2;
const sizeOf = ({ shape }) => shape.reduce((product, extent) => product * extent, 1);
/** Arrays of one layout: parameters, and sums of outputs. */
class Workspace {
    parameters;
    totals;
    /** The outputs of a run that is not the first. */
    part;
    version;
    constructor(parameters, totals) {
        this.parameters = new Float32Array(parameters);
        this.totals = new Float32Array(totals);
    }
}
export class Workspaces {
    /** By layout, the last used one last. */
    #known = new Map();
    #inputs = new Map();
    #vectors;
    async gradients({ inputs, outputs }, { state, version, batch, runs, totals, descent }, run) {
        const shared = new Float32Array(totals.memory);
        const own = this.#workspace(state.length, shared.length, `${JSON.stringify([state.places, totals.places])}`);
        if (own.version !== version)
            own.parameters.set(new Float32Array(state.memory, 0, state.length));
        own.version = version;
        for (const [index, places] of runs.entries()) {
            const feeds = Object.fromEntries(inputs.map((signature) => {
                const { name } = signature;
                const size = sizeOf(signature);
                const at = state.places[name];
                if (at !== undefined)
                    return [name, own.parameters.subarray(at, at + size)];
                return [name, this.#input(name, new Float32Array(batch, 4 * places[name], size))];
            }));
            if (index > 0)
                own.part ??= new Float32Array(shared.length);
            const into = index === 0 ? own.totals : own.part;
            await run(feeds, Object.fromEntries(outputs.map((signature) => {
                const at = totals.places[signature.name];
                return [signature.name, into.subarray(at, at + sizeOf(signature))];
            })));
            if (index > 0)
                this.vectors.add(own.totals, into);
        }
        if (descent === undefined) {
            shared.set(own.totals);
            return;
        }
        this.#update(state, [own.totals], descent, 0, state.length);
        shared.set(own.totals.subarray(state.length), state.length);
    }
    descend({ state, totals, descent, from, to }) {
        this.#update(state, totals.map((memory) => new Float32Array(memory)), descent, from, to);
    }
    get vectors() {
        this.#vectors ??= new Vectors();
        return this.#vectors;
    }
    #update({ memory, length }, gradients, descent, from, to) {
        const [parameters, velocity] = [new Float32Array(memory, 0, length), new Float32Array(memory, 4 * length, length)];
        this.vectors.descend(parameters, velocity, gradients, from, to, descent);
    }
    #workspace(parameters, totals, layout) {
        const found = this.#known.get(layout) ?? new Workspace(parameters, totals);
        this.#known.delete(layout);
        this.#known.set(layout, found);
        const [oldest] = this.#known.keys();
        if (this.#known.size > MOST)
            this.#known.delete(oldest);
        return found;
    }
    /** A copy, in memory that the next one of that name uses again. */
    #input(name, shared) {
        const known = this.#inputs.get(name);
        const copy = known?.length === shared.length ? known : new Float32Array(shared.length);
        this.#inputs.set(name, copy);
        copy.set(shared);
        return copy;
    }
}
//# sourceMappingURL=workspace.js.map