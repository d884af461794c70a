// What a distillation is to do, put together from flag > environment > file > preset > default.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { configKeys, INITIALISERS, nearest, presets, resolveConfig, } from "../distill/config.js";
import { DatadamError } from "../errors.js";
import { readJsonFile } from "./jsonFile.js";
import { plainValue } from "./parse.js";
const JOB_KEYS = [
    "dataset",
    "dataDir",
    "size",
    "channels",
    "split",
    "labels",
    "store",
    "corrupt",
    "preset",
    "workers",
    "device",
];
const TEXT_KEYS = ["dataset", "dataDir", "labels", "store", "corrupt", "preset", "device"];
/**
 * Resolves all settings.
 *
 * @throws DatadamError INVALID_OPTION for unknown keys and wrong values, DATASET_NOT_FOUND never: nothing is loaded.
 */
export function resolveSettings(flags, environment) {
    const configNames = configKeys().map((row) => row.key);
    const all = [...JOB_KEYS, ...configNames];
    const layers = [
        ["flag", { ...pick(flags, all), ...fromAssignments(flags.set, all) }],
        ["environment", fromEnvironment(environment, all)],
        ["file", flags.config === undefined ? {} : fromFile(flags.config, all)],
    ];
    const lookUp = (key) => layers.find(([, values]) => values[key] !== undefined)?.[1][key];
    const dataset = String(lookUp("dataset") ?? "builtin");
    const preset = checkPreset(lookUp("preset") ?? defaultPreset(dataset, lookUp("method")));
    layers.push(["preset", presets[preset]]);
    const sources = {};
    const merged = {};
    for (const key of all) {
        const layer = layers.find(([, values]) => values[key] !== undefined);
        sources[key] = layer?.[0] ?? "default";
        if (layer !== undefined)
            merged[key] = layer[1][key];
    }
    const initial = initialPath(merged);
    const job = { ...checkJob(pick(merged, JOB_KEYS)), dataset, preset, ...(initial === undefined ? {} : { initial }) };
    const config = resolveConfig(pick(merged, configNames));
    const given = Object.fromEntries(all.filter((key) => sources[key] === "flag" || sources[key] === "file").map((key) => [key, merged[key]]));
    return { job, config, sources, given };
}
/** The path that `init` is, which then is `set`. A name of an initialiser is no path, and neither is what may be a misspelt one. */
function initialPath(merged) {
    const { init } = merged;
    if (typeof init !== "string" || INITIALISERS.includes(init))
        return undefined;
    const near = nearest(init, INITIALISERS);
    if (!existsSync(init) && !/[\\/.]/.test(init)) {
        throw new DatadamError("INVALID_OPTION", `init: ${JSON.stringify(init)} is no initialiser and no path${near === undefined ? "" : `; did you mean ${near}?`}`, {
            hint: `Give ${INITIALISERS.filter((name) => name !== "set").join(", ")}, or the path of a run or of a set in safetensors.`,
        });
    }
    merged.init = "set";
    return resolve(init);
}
function pick(values, keys) {
    return Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));
}
function fromAssignments(pairs, known) {
    const values = Object.fromEntries(pairs ?? []);
    refuseUnknown(Object.keys(values), known, "--set");
    return values;
}
/** `DATADAM_BATCH_REAL` for `batchReal`. */
function fromEnvironment(environment, keys) {
    const values = {};
    for (const key of keys) {
        const text = environment[`DATADAM_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`];
        if (text !== undefined && text !== "")
            values[key] = TEXT_KEYS.includes(key) ? text : plainValue(text);
    }
    return values;
}
function fromFile(path, known) {
    const values = readJsonFile(path, { what: "the configuration file", code: "INVALID_OPTION" });
    if (values === null || typeof values !== "object" || Array.isArray(values)) {
        throw new DatadamError("INVALID_OPTION", `${path} must hold one JSON object of configuration keys`);
    }
    const { $schema: _, ...rest } = values;
    refuseUnknown(Object.keys(rest), known, path);
    return rest;
}
function refuseUnknown(keys, known, where) {
    const unknown = keys.filter((key) => !known.includes(key));
    if (unknown.length === 0)
        return;
    const lines = unknown.map((key) => {
        const near = nearest(key, known);
        return `unknown configuration key ${JSON.stringify(key)} (${where})${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
    throw new DatadamError("INVALID_OPTION", lines.join("\n  "), { hint: "datadam distill --help lists all keys." });
}
/** A method's own preset, where it has one. */
function defaultPreset(dataset, method) {
    if (dataset === "builtin")
        return "quick";
    return typeof method === "string" && Object.hasOwn(presets, method) ? method : "paper";
}
function checkPreset(name) {
    const names = Object.keys(presets);
    if (typeof name === "string" && names.includes(name))
        return name;
    const near = nearest(String(name), names);
    throw new DatadamError("INVALID_OPTION", `unknown preset ${JSON.stringify(name)}${near === undefined ? "" : `; did you mean ${near}?`}`, {
        hint: `Presets: ${names.join(", ")}.`,
    });
}
/** Environment and file give what commander has not checked. */
function checkJob(job) {
    const fail = (key, expected) => {
        throw new DatadamError("INVALID_OPTION", `${key}: must be ${expected}, got ${JSON.stringify(job[key])}`);
    };
    for (const key of ["size", "workers"]) {
        if (job[key] !== undefined && !(Number.isSafeInteger(job[key]) && job[key] > 0))
            fail(key, "a positive integer");
    }
    if (job.channels !== undefined && job.channels !== 1 && job.channels !== 3)
        fail("channels", "1 or 3");
    if (job.split !== undefined && !(job.split > 0 && job.split < 1))
        fail("split", "a number between 0 and 1");
    if (job.labels !== undefined && job.labels !== "fine" && job.labels !== "coarse")
        fail("labels", "fine or coarse");
    if (job.device !== undefined && !["cpu", "webgpu", "cuda"].includes(job.device))
        fail("device", "cpu, webgpu or cuda");
    if (job.store !== undefined && !["memory", "disk", "auto"].includes(job.store))
        fail("store", "memory, disk or auto");
    if (job.corrupt !== undefined && job.corrupt !== "fail" && job.corrupt !== "skip")
        fail("corrupt", "fail or skip");
    if (job.dataDir !== undefined && typeof job.dataDir !== "string")
        fail("dataDir", "a folder");
    const { dataDir, ...rest } = job;
    return { ...rest, ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir) }) };
}
//# sourceMappingURL=settings.js.map