// `datadam ablate`: every combination of some configuration values, distilled, evaluated, and put into one table.
import { join } from "node:path";
import { impossible } from "../../distill/config.js";
import { DatadamError } from "../../errors.js";
import { resolveProtocol } from "../../evaluate/index.js";
import { makeFolder, readRecord, readResults, writeAtomic } from "../../run/index.js";
import { Interrupted } from "../fail.js";
import { finishRun } from "../finish.js";
import { resolveSettings } from "../settings.js";
import { csvTable, markdownTable } from "../table.js";
import { evaluateRun } from "./evaluate.js";
const EXTENSIONS = { markdown: "md", csv: "csv", json: "json" };
export async function ablateCommand(flags, ui) {
    const { out, networks = 3, protocol = "quick", format = ui.json ? "json" : "markdown" } = flags;
    resolveProtocol(protocol);
    // All of it is checked before any of it is done.
    const cells = grid(flags);
    makeFolder(out);
    const rows = cells.map((cell) => ({ cell }));
    for (const [index, cell] of cells.entries()) {
        const title = describe(cell);
        if (cell.obstacle !== undefined) {
            ui.reporter.warn(`${title} is left out: ${cell.obstacle}`);
            continue;
        }
        ui.reporter.note(`${index + 1} of ${cells.length}: ${title}`);
        try {
            rows[index] = { cell, ...(await measureCell(join(out, cell.name), cell, { networks, protocol }, ui)) };
        }
        catch (error) {
            if (error instanceof Interrupted)
                ui.reporter.warn("the same command goes on with the grid");
            throw error;
        }
        writeAtomic(join(out, `table.${EXTENSIONS[format]}`), `${render(rows, format)}\n`);
    }
    ui.result(render(rows, format), values(rows));
}
/** Brings a cell to its end; what is there already is not done again. */
async function measureCell(folder, { flags, settings }, evaluation, ui) {
    await finishRun(folder, flags, settings, ui);
    const { config } = readRecord(folder);
    const known = readResults(folder).find(({ iteration, distilled }) => iteration === config.iterations &&
        distilled.protocol.name === evaluation.protocol &&
        distilled.accuracies.length === evaluation.networks &&
        distilled.network.norm === config.norm);
    const { dataDir, workers, device } = settings.job;
    const entry = known ??
        (await evaluateRun(folder, {
            ...evaluation,
            random: false,
            ...(dataDir === undefined ? {} : { dataDir }),
            ...(workers === undefined ? {} : { workers }),
            ...(device === undefined ? {} : { device }),
        }, ui)).entries[0];
    return { iteration: entry.iteration, evaluation: entry.distilled };
}
/** All combinations, the last key running fastest. */
function grid(flags) {
    const { vary, networks: _, protocol: __, format: ___, ...rest } = flags;
    let combinations = [[]];
    for (const [key, options] of vary) {
        combinations = combinations.flatMap((earlier) => options.map((value) => [...earlier, [key, value]]));
    }
    const cells = combinations.map((combination) => {
        const own = {
            ...rest,
            set: [...(rest.set ?? []), ...combination.map(([k, v]) => [k, v])],
        };
        const settings = resolveSettings(own, process.env);
        return {
            values: combination,
            name: combination.map(([key, value]) => `${key}=${slug(value)}`).join(","),
            flags: own,
            settings,
            obstacle: impossible(settings.config)?.reason,
        };
    });
    const twice = cells.find(({ name }, i) => cells.findIndex((other) => other.name === name) !== i);
    if (twice !== undefined) {
        throw new DatadamError("INVALID_OPTION", `--vary: two combinations have the name ${twice.name}`, {
            hint: "Give each value once.",
        });
    }
    return cells;
}
/** A value as a part of a file name. */
function slug(value) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.replace(/^\[|\]$/g, "").replaceAll(/[^\w.-]+/g, "-");
}
function describe({ values: combination }) {
    return combination.map(([key, value]) => `${key}=${show(value)}`).join(", ");
}
function show(value) {
    return typeof value === "string" ? value : JSON.stringify(value);
}
function render(rows, format) {
    if (format === "json")
        return JSON.stringify(values(rows), undefined, 2);
    const keys = rows[0].cell.values.map(([key]) => key);
    const header = ["iterations", "test accuracy, %", "std", "networks", "protocol"];
    const body = rows.map(({ cell, iteration, evaluation }) => [
        ...cell.values.map(([, value]) => show(value)),
        ...(evaluation === undefined
            ? ["", cell.obstacle === undefined ? "" : "left out", "", "", ""]
            : [
                String(iteration),
                evaluation.mean.toFixed(1),
                evaluation.accuracies.length > 1 ? evaluation.std.toFixed(1) : "",
                String(evaluation.accuracies.length),
                evaluation.protocol.name,
            ]),
    ]);
    return (format === "csv" ? csvTable : markdownTable)([...keys, ...header], body);
}
/** The rows as plain JSON. */
function values(rows) {
    return rows.map(({ cell, iteration, evaluation }) => ({
        values: Object.fromEntries(cell.values),
        run: cell.name,
        ...(cell.obstacle === undefined ? {} : { leftOut: cell.obstacle }),
        ...(evaluation === undefined
            ? {}
            : {
                iteration,
                mean: evaluation.mean,
                std: evaluation.std,
                accuracies: evaluation.accuracies,
                protocol: evaluation.protocol.name,
            }),
    }));
}
//# sourceMappingURL=ablate.js.map