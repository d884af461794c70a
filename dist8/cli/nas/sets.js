// The sets of an architecture search: what candidates are trained on, and what they are tested on.
import { basename } from "node:path";
import { DatadamError } from "../../errors.js";
import { randomSubset } from "../../evaluate/index.js";
import { classIndices, takeImages } from "../../images/index.js";
import { setProxy, streamProxy } from "../../nas/index.js";
import { checksum, readSyntheticSet } from "../../run/index.js";
import { select } from "../../select/index.js";
import { prepareSource } from "../prepare.js";
/** Images of each class drawn at random and held out: `share` of them, at most `most` in all. */
export function splitValidation(train, share, most, key) {
    const { classNames } = train;
    const perClass = most === undefined ? Number.POSITIVE_INFINITY : Math.ceil(most / classNames.length);
    const validation = classIndices(train.labels, classNames.length).flatMap((members, c) => {
        if (members.length < 2) {
            throw new DatadamError("INVALID_DATA", `class "${classNames[c]}" of ${train.name} has too few images to hold some out`);
        }
        const held = Math.min(members.length - 1, Math.max(1, Math.round(share * members.length)), perClass);
        return Array.from(key.fold(c).stream().sample(members.length, held), (pick) => members[pick]);
    });
    const out = new Set(validation);
    return {
        training: Uint32Array.from({ length: train.count }, (_, i) => i).filter((i) => !out.has(i)),
        validation: Uint32Array.from(validation).sort(),
    };
}
/** Ways to choose `ipc` real images a class. */
const SELECTORS = {
    random: randomSubset,
    ...Object.fromEntries(["herding", "k-center", "k-means"].map((method) => [
        method,
        (set, ipc, seed) => select(set, { method, ipc, seed }),
    ])),
};
const EARLY = "early-stopping";
/** @throws DatadamError `INVALID_OPTION` for a proxy that is neither a known word nor a run. */
export async function loadContenders(names, { train, split, seed, ipc, protocol, key }, ui, workers) {
    const words = [...Object.keys(SELECTORS), EARLY];
    const runs = new Map(names.filter((name) => !words.includes(name)).map((name) => [name, readRun(name, words, train)]));
    const first = [...runs.values()][0];
    const perClass = ipc ?? (first === undefined ? 10 : Math.round(first.labels.length / train.classNames.length));
    const prepareAs = (preprocessing, part) => prepareSource(part, { zca: false, zcaEps: 0.1 }, ui, workersOf(workers), preprocessing);
    const validations = new Map();
    const validationAs = (preprocessing) => {
        const prepared = validations.get(preprocessing) ?? prepareAs(preprocessing, takeImages(train, split.validation));
        validations.set(preprocessing, prepared);
        return prepared;
    };
    let pool;
    const contenders = [];
    for (const path of names) {
        const run = runs.get(path);
        const preprocessing = run?.preprocessing ?? first?.preprocessing;
        const validation = await validationAs(preprocessing);
        const withEpochs = (epochs = protocol.epochs) => ({ ...protocol, epochs });
        const add = (name, proxyWith) => {
            if (contenders.some((other) => other.name === name)) {
                throw new DatadamError("INVALID_OPTION", `two proxies are called ${name}`, {
                    hint: "Rename one of the folders.",
                });
            }
            const own = run?.preprocessing;
            contenders.push({ name, validation, preprocessing: own, proxyWith: (epochs) => proxyWith(withEpochs(epochs)) });
        };
        if (run !== undefined) {
            // Results are kept by name: another set under the same name must not find them.
            const id = checksum(run.images, run.labels).slice(0, 8);
            const name = basename(path).replace(/\.safetensors$/, "");
            add(name, (own) => setProxy(`${name}@${id}`, run, own));
            continue;
        }
        pool ??= await prepareAs(first?.preprocessing, takeImages(train, split.training));
        const select = SELECTORS[path];
        if (select !== undefined) {
            const set = await select(pool, perClass, seed);
            add(path, (own) => setProxy(`${path}-ipc${perClass}`, set, own));
        }
        else {
            const count = perClass * train.classNames.length;
            const stream = pool;
            add(EARLY, (own) => streamProxy(`${EARLY}-${count}`, stream, count, own, key.fold(EARLY)));
        }
    }
    return contenders;
}
/** Prepares real images as the first run's set is. */
export function preparePart(contenders, ui, workers) {
    const preprocessing = contenders.find((one) => one.preprocessing !== undefined)?.preprocessing;
    return (part) => prepareSource(part, { zca: false, zcaEps: 0.1 }, ui, workersOf(workers), preprocessing);
}
function readRun(path, words, train) {
    let set;
    try {
        set = readSyntheticSet(path);
    }
    catch (error) {
        if (!(error instanceof DatadamError && error.code === "RUN_NOT_FOUND"))
            throw error;
        throw new DatadamError("INVALID_OPTION", `proxy ${path}: ${error.message}`, {
            hint: `Give the folder of a finished run, or one of ${[...words, "whole"].join(", ")}.`,
        });
    }
    const describe = ({ shape, classNames }) => `images of ${shape.join(" x ")} in ${classNames.length} classes`;
    if (set.classNames.join("\n") !== train.classNames.join("\n") || set.shape.join() !== train.shape.join()) {
        throw new DatadamError("INVALID_DATA", `${path} has ${describe(set)}, ${train.name} has ${describe(train)}`, {
            hint: "The proxy must be of the same data set: the same classes, --size and --channels.",
        });
    }
    return set;
}
function workersOf({ workers }) {
    return workers === undefined ? {} : { workers };
}
//# sourceMappingURL=sets.js.map