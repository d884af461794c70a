// What is recorded of a table, cell by cell.
import { DatadamError } from "../../errors.js";
import { mean, pairedDifference, sampleStd } from "../../statistics/index.js";
import { identify } from "./identity.js";
import { meant } from "./schema.js";
/** From so many points on, a cell's distance from its published value is marked. */
export const NOTABLE = 3;
/** Of the records alone: nothing is loaded. */
export function collect(plan, sources, records) {
    return plan.cells.flat().map((cell) => resultOf(cell, sources, records));
}
function resultOf(cell, sources, records) {
    const { row, column, obstacle, units, published } = cell;
    const found = units.map((unit) => ({ unit, identity: identityOf(unit, sources) }));
    const measured = found.flatMap(({ unit, identity }) => identity === undefined
        ? []
        : records
            .accuracies(identity)
            .slice(0, unit.networks)
            .map((accuracy, network) => ({ seed: unit.seed, network, accuracy })));
    const values = measured.map(({ accuracy }) => accuracy);
    const some = values.length > 0;
    return {
        row,
        column,
        leftOut: obstacle ?? null,
        mean: some ? mean(values) : null,
        std: some ? sampleStd(values) : null,
        wanted: units.reduce((total, { networks }) => total + networks, 0),
        measured,
        iterations: iterationsOf(found[0]),
        protocol: units[0] === undefined ? "" : protocolText(units[0]),
        network: found[0]?.identity?.evaluation.network ?? null,
        published: published ?? null,
        difference: some && published !== undefined ? mean(values) - published.mean : null,
    };
}
/** Undefined where the records do not know the unit's images. */
export function identityOf(unit, sources) {
    const data = sources.known(unit);
    const file = sources.file(unit);
    if (data === undefined || (unit.subject.kind === "file" && file === undefined))
        return undefined;
    return identify(unit, data, file);
}
function iterationsOf(found) {
    if (found === undefined)
        return null;
    if (found.unit.subject.kind === "distill")
        return found.unit.subject.settings.config.iterations;
    const { iteration } = (found.unit.subject.kind === "file" && found.identity?.provenance) || {};
    return typeof iteration === "number" ? iteration : null;
}
function protocolText({ protocol: { name, epochs, batch } }) {
    return `${name} (${epochs} epochs of batches of ${batch})`;
}
/**
 * The rows' difference under each column, paired over seed and number of the network, as far as both are measured.
 *
 * @param text `A,B`: names of rows, which may have commas themselves.
 */
export function compare(text, { rows, columns }, results) {
    const [a, b] = rowsOf(text, rows);
    return columns.flatMap(({ name: column }) => {
        const [first, second] = [a, b].map((row) => results.find((cell) => cell.row === row && cell.column === column));
        const pairs = first.measured.flatMap(({ seed, network, accuracy }) => {
            const other = second.measured.find((one) => one.seed === seed && one.network === network);
            return other === undefined ? [] : [[accuracy, other.accuracy]];
        });
        if (pairs.length === 0)
            return [];
        const difference = pairedDifference(pairs.map(([own]) => own), pairs.map(([, other]) => other));
        return [{ column, a, b, ...difference, interval: difference.interval ?? null }];
    });
}
function rowsOf(text, rows) {
    const parts = text.split(",");
    for (let at = 1; at < parts.length; at++) {
        const [a, b] = [parts.slice(0, at).join(",").trim(), parts.slice(at).join(",").trim()];
        if (rows.includes(a) && rows.includes(b) && a !== b)
            return [a, b];
    }
    const wrong = parts.length === 2 ? parts.map((part) => part.trim()).find((part) => !rows.includes(part)) : undefined;
    throw new DatadamError("INVALID_OPTION", wrong === undefined
        ? `--compare ${JSON.stringify(text)} names no two rows`
        : `--compare: there is no row ${meant(wrong, rows)}`, { hint: `Give two of: ${rows.join("; ")}.` });
}
//# sourceMappingURL=results.js.map