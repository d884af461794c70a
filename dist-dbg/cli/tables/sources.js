// The images that a table needs: read when something has to be made of them, known from the records otherwise.
import { existsSync } from "node:fs";
import { DatadamError } from "../../errors.js";
import { canonicalJson, checksum, fingerprint, holdsSyntheticSet, readIfThere, readSyntheticSet, } from "../../run/index.js";
import { loadSource } from "../source.js";
export function openSources(records, ui) {
    let last;
    const load = async (unit) => {
        const key = canonicalJson(unit.data);
        if (last?.key === key)
            return last.data;
        last = undefined;
        ui.reporter.note(`loading ${unit.data.dataset}`);
        const { dataset, description } = await loadSource(unit.subject.settings.job, ui);
        const { train, test, name } = dataset;
        if (test === undefined) {
            throw new DatadamError("INVALID_OPTION", `${name} has no test images to evaluate on`, {
                hint: "Give the column a split, e.g. 0.8, to keep a fifth of the images for testing.",
            });
        }
        const found = {
            name: train.name,
            count: train.count,
            shape: train.shape,
            classNames: train.classNames,
            flippable: train.flippable,
            fingerprint: description.fingerprint,
            test: { count: test.count, fingerprint: fingerprint(test) },
        };
        const recorded = records.data(unit.data);
        if (recorded === undefined)
            records.addData(unit.data, found);
        else
            refuseOther(unit, recorded, found);
        last = { key, data: { train, test } };
        return last.data;
    };
    return {
        known: (unit) => records.data(unit.data),
        async facts(unit) {
            if (records.data(unit.data) === undefined)
                await load(unit);
            return records.data(unit.data);
        },
        load,
        file({ subject }) {
            if (subject.kind !== "file")
                return undefined;
            const recorded = records.file(subject.said);
            if (!existsSync(subject.path))
                return recorded;
            const found = holdsSyntheticSet(subject.path)
                ? factsOf(readSyntheticSet(subject.path))
                : foreignFacts(subject.path);
            if (recorded === undefined || canonicalJson(recorded) !== canonicalJson(found)) {
                records.addFile(subject.said, found);
            }
            return found;
        },
    };
}
function refuseOther({ data }, recorded, found) {
    if (recorded.fingerprint === found.fingerprint && recorded.test.fingerprint === found.test.fingerprint)
        return;
    throw new DatadamError("INVALID_DATA", `the images of ${data.dataset} are not those that the records were made from`, {
        hint: `The records have ${recorded.count} training and ${recorded.test.count} test images of ${recorded.name}. Point --data-dir at them, or keep others with --records.`,
    });
}
/** What an evaluation takes from a set's own words. */
const SAID = ["arch", "norm", "width", "depth", "activation", "pooling", "iteration"];
function factsOf({ images, labels, preprocessing, provenance }) {
    const { normalization, zca } = preprocessing;
    const space = [canonicalJson(normalization), ...(zca === undefined ? [] : [zca.mean, zca.whiten])];
    return {
        sha256: checksum(images, labels, ...space),
        foreign: false,
        provenance: Object.fromEntries(SAID.filter((key) => key in provenance).map((key) => [key, provenance[key]])),
    };
}
function foreignFacts(path) {
    return { sha256: checksum(readIfThere(path)), foreign: true, provenance: {} };
}
//# sourceMappingURL=sources.js.map