// Random real images: the row that every distilled set is compared with.
import { requireMembers } from "../images/index.js";
import { Key } from "../random/index.js";
/**
 * `ipc` random real images of each class, as a set that `evaluate` takes.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer.
 */
export function randomSubset(set, ipc, seed) {
    const indices = requireMembers(set, ipc).flatMap((own, c) => randomMembers(own, ipc, Key.fromSeed(seed), c));
    return subset(set, indices, { method: "random", dataset: set.name, ipc, seed });
}
/** `ipc` of a class's images, drawn from the class's own stream. */
export function randomMembers(members, ipc, key, label) {
    const picks = key.fold("random subset", label).stream().sample(members.length, ipc);
    return Array.from(picks, (pick) => members[pick]);
}
/** The images at `indices`, as a set that `evaluate` takes. */
export function subset(set, indices, provenance) {
    const { shape, classNames, preprocessing } = set;
    return {
        images: set.read(indices),
        labels: Uint16Array.from(indices, (i) => set.labels[i]),
        shape,
        classNames,
        preprocessing,
        provenance,
    };
}
//# sourceMappingURL=subset.js.map