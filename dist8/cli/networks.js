// The networks that a command line names: one row each.
import { DatadamError } from "../errors.js";
import { networkFor, poolOf } from "../evaluate/index.js";
import { architectureOf } from "../nn/index.js";
/**
 * Every architecture (or member of the pool) with every norm; an architecture without norm layers once. All are built, so that mistakes show before
 * the first is trained.
 *
 * @param fallback norm of the protocol, where it says one.
 * @throws DatadamError `INVALID_OPTION` for unknown names, and networks that do not fit the images.
 */
export function planNetworks(set, { arch, pool, norm }, fallback) {
    if (arch !== undefined && pool !== undefined) {
        throw new DatadamError("INVALID_OPTION", "--arch and --pool both name networks", { hint: "Give one of them." });
    }
    const members = pool === undefined ? (arch ?? [undefined]).map((name) => (name === undefined ? {} : { arch: name })) : poolOf(pool);
    const rows = members.flatMap((member) => {
        const name = typeof member.arch === "string" ? member.arch : String(set.provenance.arch ?? "convnet");
        const fixed = architectureOf(name)?.norms.length === 1 || member.norm !== undefined;
        return norm === undefined || fixed ? [member] : norm.map((own) => ({ ...member, norm: own }));
    });
    return rows.map((row) => {
        const { name, options } = networkFor(set, row, fallback);
        // All said: random real images have no provenance to take it from.
        const keys = ["width", "depth", "norm", "activation", "pooling"].filter((key) => options[key] !== undefined);
        return { arch: name, ...Object.fromEntries(keys.map((key) => [key, options[key]])) };
    });
}
/** e.g. `resnet18, batch norm` or `convnet, depth 2, width 128, instance norm`. */
export function titleOf(network) {
    const { depth, width, norm, activation, pooling } = network;
    const name = String(network.name ?? network.arch);
    return [
        name,
        ...(depth === undefined ? [] : [`depth ${depth}`]),
        ...(width === undefined || width === architectureOf(name)?.width ? [] : [`width ${width}`]),
        ...(norm === undefined || norm === "none" ? [] : [`${norm} norm`]),
        ...(activation === undefined || activation === "relu" ? [] : [activation]),
        ...(pooling === undefined || pooling === "average" ? [] : [`pooling ${pooling}`]),
    ].join(", ");
}
//# sourceMappingURL=networks.js.map