// A run directory: claimed by one process, begun once, resumed any number of times.
import { rmdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { resolveConfig, settleConfig } from "../distill/config.js";
import { DatadamError } from "../errors.js";
import { readLatestCheckpoint, writeCheckpoint } from "./checkpoints.js";
import { listFolder, makeFolder, readJson, removeQuietly, sweepPartial, writeAtomic } from "./files.js";
import { encodeGrid } from "./grid.js";
import { configHash } from "./hash.js";
import { acquireLock } from "./lock.js";
import { openMetrics } from "./metrics.js";
import { PREPROCESSING_FILE, readPreprocessing, writePreprocessing, writeSyntheticSet } from "./synthetic.js";
/**
 * Reserves `directory` for a new run: creates it and takes its lock. Do this before long work, so that a folder that
 * cannot be written is known early.
 *
 * @throws DatadamError RUN_EXISTS, IO
 */
export function createRun(directory) {
    const folder = resolve(directory);
    refuseExisting(folder);
    const created = makeFolder(folder);
    const unlock = acquireLock(folder);
    const release = () => {
        unlock();
        if (created)
            removeIfEmpty(folder);
    };
    try {
        // Another process may have begun a run here before this one had the lock.
        refuseExisting(folder);
        sweepPartial(folder);
    }
    catch (error) {
        release();
        throw error;
    }
    return {
        directory: folder,
        begin(record, preprocessing) {
            if (preprocessing.zca !== undefined)
                writePreprocessing(join(folder, PREPROCESSING_FILE), preprocessing);
            writeRecord(folder, record);
            return writableRun(folder, record, unlock);
        },
        release,
        abandon() {
            const checkpoints = join(folder, "checkpoints");
            if (listFolder(checkpoints).length > 0)
                return;
            for (const name of ["config.json", "metrics.jsonl", PREPROCESSING_FILE])
                removeQuietly(join(folder, name));
            removeIfEmpty(checkpoints);
        },
    };
}
/** Opens an existing run for writing, taking its lock. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, IO */
export function openRun(directory) {
    const folder = resolve(directory);
    readRecord(folder);
    const unlock = acquireLock(folder);
    try {
        sweepPartial(folder);
        sweepPartial(join(folder, "checkpoints"));
        return writableRun(folder, readRecord(folder), unlock);
    }
    catch (error) {
        unlock();
        throw error;
    }
}
/** Reads and checks a run's `config.json`. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export function readRecord(directory) {
    const path = join(directory, "config.json");
    const record = readJson(path);
    if (record === undefined) {
        throw new DatadamError("RUN_NOT_FOUND", `No run in ${directory}: there is no config.json`, {
            hint: "Start one with: datadam distill --out DIR",
        });
    }
    const { dataset } = record ?? {};
    if (record?.format !== "datadam-run/1" || typeof dataset?.fingerprint !== "string" || !Array.isArray(dataset.shape)) {
        throw new DatadamError("INVALID_RUN", `${path} is not the record of a datadam run`);
    }
    try {
        const config = settleConfig(resolveConfig(record.config ?? {}), dataset);
        return { ...record, config };
    }
    catch (error) {
        throw new DatadamError("INVALID_RUN", `${path}: ${error.message}`, { cause: error });
    }
}
function writeRecord(folder, record) {
    writeAtomic(join(folder, "config.json"), `${JSON.stringify(record, undefined, 2)}\n`);
}
function writableRun(directory, initial, release) {
    let record = initial;
    const checkpoints = join(directory, "checkpoints");
    return {
        directory,
        get record() {
            return record;
        },
        preprocessing: () => (record.config.zca ? readPreprocessing(join(directory, PREPROCESSING_FILE)) : undefined),
        setIterations(iterations) {
            if (iterations === record.config.iterations)
                return;
            const next = { ...record, config: { ...record.config, iterations } };
            writeRecord(directory, next);
            record = next;
        },
        saveCheckpoint: (state) => writeCheckpoint(checkpoints, state, record.dataset.shape, configHash(record)),
        latestCheckpoint: (warn) => readLatestCheckpoint(checkpoints, configHash(record), warn),
        metrics: (iteration) => openMetrics(join(directory, "metrics.jsonl"), iteration),
        writeResult(set, iteration) {
            const { preset, config, selection } = record;
            const origin = preset === null ? {} : { preset };
            const written = { ...set, provenance: { ...origin, ...config, ...selection, iteration } };
            writeSyntheticSet(directory, written);
            writeAtomic(join(directory, "grid.png"), encodeGrid(written));
            return written;
        },
        close: release,
    };
}
function refuseExisting(folder) {
    if (readJson(join(folder, "config.json")) === undefined)
        return;
    throw new DatadamError("RUN_EXISTS", `${folder} already holds a run`, {
        hint: `Go on with it by --resume ${folder}, or choose another folder with --out.`,
    });
}
function removeIfEmpty(folder) {
    try {
        rmdirSync(folder);
    }
    catch {
        // Something is in it: keep it.
    }
}
//# sourceMappingURL=run.js.map