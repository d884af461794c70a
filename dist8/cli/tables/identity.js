// What decides a unit's numbers, and the names that follow from it: equal content, equal name, whatever row or table asks.
import { settleConfig } from "../../distill/config.js";
import { networkFor, settleProtocol } from "../../evaluate/index.js";
import { canonicalJson, checksum, decisive } from "../../run/index.js";
/** @throws DatadamError `INVALID_OPTION` where the configuration does not fit the images */
export function identify(unit, data, file) {
    const { subject, seed } = unit;
    const config = settleConfig(subject.settings.config, data);
    const provenance = { ...config, ...file?.provenance };
    const set = setOf(unit, data, file);
    const { shape, classNames } = data;
    const network = networkFor({ shape, classNames, provenance }, unit.choice, unit.protocol.norm);
    const evaluation = {
        network: { name: network.name, ...network.options },
        protocol: settleProtocol(unit.protocol, data.flippable),
        seed,
        test: data.test.fingerprint,
    };
    return { setKey: hash(set), key: hash({ set, evaluation }), label: labelOf(unit), set, evaluation, provenance };
}
/** The key of a record's content. */
export function keyOf({ set, evaluation }) {
    return hash({ set, evaluation });
}
function hash(value) {
    return checksum(canonicalJson(value));
}
function setOf({ subject, seed }, data, file) {
    const config = settleConfig(subject.settings.config, data);
    const source = { dataset: data.name, data: data.fingerprint };
    if (subject.kind === "file") {
        // What another program's numbers mean follows from the training images.
        return {
            kind: "file",
            sha256: file.sha256,
            ...(file.foreign ? { space: subject.space ?? "normalized", ...source } : {}),
        };
    }
    if (subject.kind === "distill")
        return { kind: "distill", config: decisive({ ...config }), ...source };
    if (subject.kind === "whole")
        return { kind: "whole", zca: config.zca, ...source };
    const { ipc, zca, zcaEps } = config;
    return { kind: "select", ...chosenBy(subject.selection), ipc, seed, zca: zca ? zcaEps : false, ...source };
}
/** Where distances are taken counts for methods that take some. */
function chosenBy({ method, features = "convnet" }) {
    return method === "random" || method === "forgetting" ? { method } : { method, features };
}
function labelOf({ subject }) {
    if (subject.kind === "file" || subject.kind === "whole")
        return subject.kind;
    const { method, ipc } = subject.settings.config;
    return `${subject.kind === "select" ? subject.selection.method : method}-ipc${ipc}`;
}
//# sourceMappingURL=identity.js.map