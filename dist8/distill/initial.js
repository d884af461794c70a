// The images a distillation starts from.
import { DatadamError } from "../errors.js";
import { reprepare, requireMembers } from "../images/index.js";
import { selectIndices } from "../select/index.js";
/**
 * The state before the first iteration. Each class draws from its own stream, so that a shard starts as the whole does.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer images than `ipc`, or the given set does not fit.
 */
export async function initialState(set, config, classes, sources) {
    const images = config.init === "noise"
        ? noise(set, config.ipc, classes, sources.key)
        : config.init === "set"
            ? await givenImages(set, config.ipc, classes, sources.initial)
            : set.read((await realIndices(set, config, classes, sources)).flat());
    return {
        iteration: 0,
        classes: [...classes],
        images,
        momentum: new Float32Array(images.length),
        ...(config.averaging === false ? {} : { average: images.slice() }),
    };
}
function noise(set, ipc, classes, key) {
    const part = ipc * sizeOf(set);
    const images = new Float32Array(classes.length * part);
    for (const [position, c] of classes.entries()) {
        key
            .fold("initial", c)
            .stream()
            .fillNormal(images.subarray(position * part, (position + 1) * part));
    }
    return images;
}
async function realIndices(set, { init, ipc }, classes, { key, network, engine, signal }) {
    if (init !== "real") {
        const method = init;
        const options = { method, ipc, features: network, classes, engine, ...(signal === undefined ? {} : { signal }) };
        return selectIndices(set, options, key.fold("initial"));
    }
    const members = requireMembers(set, ipc, classes);
    return classes.map((c) => {
        const picks = key.fold("initial", c).stream().sample(members[c].length, ipc);
        return Array.from(picks, (pick) => members[c][pick]);
    });
}
/** The first `ipc` images of each class of a given set, in the space of `set`. */
async function givenImages(set, ipc, classes, given) {
    if (given === undefined) {
        throw new DatadamError("INVALID_OPTION", "init set needs the set: none was given", {
            hint: "Give it as the option initial, or on the command line by --init PATH.",
        });
    }
    const facts = ({ shape, classNames }) => `images of ${shape.join(" x ")} in the classes ${classNames.join(", ")}`;
    if (facts(given) !== facts(set)) {
        throw new DatadamError("INVALID_DATA", `the initial set has ${facts(given)}; ${set.name} has ${facts(set)}`);
    }
    const members = requireMembers({ ...given, name: "the initial set" }, ipc, classes);
    const size = sizeOf(set);
    const images = new Float32Array(classes.length * ipc * size);
    let at = 0;
    for (const c of classes) {
        for (const i of members[c].subarray(0, ipc)) {
            images.set(given.images.subarray(i * size, (i + 1) * size), at);
            at += size;
        }
    }
    return reprepare(images, set.shape, given.preprocessing, set.preprocessing);
}
function sizeOf({ shape }) {
    return shape[0] * shape[1] * shape[2];
}
//# sourceMappingURL=initial.js.map