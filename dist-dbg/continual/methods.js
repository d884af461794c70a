// Methods by name: how the classes of a step become a few images.
import { distill } from "../distill/index.js";
import { randomSubset } from "../evaluate/index.js";
import { select } from "../select/index.js";
/** Makes a choice of real images known to the protocol by one line: `herding: selector(herding)`. */
export function selector(select) {
    return (set, ipc, key, context) => select(set, ipc, seedOf(key), context);
}
/** A distillation with some configuration. */
export function distiller(config) {
    return async (set, ipc, key, { engine, signal, onProgress }) => {
        const run = distill(set, {
            ...config,
            ipc,
            seed: seedOf(key),
            engine,
            ...(signal === undefined ? {} : { signal }),
        });
        for await (const { iteration, iterations } of run)
            onProgress?.(iteration / iterations);
        return run.result;
    };
}
/** A coreset in the features of a random network. */
function coreset(method) {
    return selector((set, ipc, seed, { engine, signal }) => select(set, { method, ipc, seed, engine, ...(signal === undefined ? {} : { signal }) }));
}
/** All methods; distillers take `config`. */
export function methods(config = {}) {
    return {
        random: selector(randomSubset),
        datadam: distiller({ ...config, method: "datadam" }),
        dm: distiller({ ...config, method: "dm" }),
        dc: distiller({ ...config, method: "dc" }),
        dsa: distiller({ ...config, method: "dsa" }),
        herding: coreset("herding"),
        "k-center": coreset("k-center"),
        "k-means": coreset("k-means"),
    };
}
function seedOf(key) {
    return key
        .fold("seed")
        .stream()
        .integer(2 ** 53 - 1);
}
//# sourceMappingURL=methods.js.map