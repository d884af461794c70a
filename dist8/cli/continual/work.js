// The work of a continual learning experiment: memories, then networks, method by method; nothing that is known is done again.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { methods as allMethods, answer, blurredStream, classSteps, condensedMemory, streamedMemory, } from "../../continual/index.js";
import { settleConfig } from "../../distill/config.js";
import { createEngine } from "../../engine/index.js";
import { DatadamError } from "../../errors.js";
import { eachOf, settleProtocol } from "../../evaluate/index.js";
import { decodeSafetensors, encodeSafetensors } from "../../formats/index.js";
import { takeClasses } from "../../images/index.js";
import { convnet } from "../../nn/index.js";
import { Key } from "../../random/index.js";
import { makeFolder, writeAtomic } from "../../run/index.js";
import { prepareSource } from "../prepare.js";
import { distillPart } from "./settings.js";
export async function runMethods(dataset, settings, place) {
    const { train, test } = partOf(dataset, settings);
    const { ui } = place;
    const { job, config } = settings;
    const workers = job.workers === undefined ? {} : { workers: job.workers };
    const settled = settleConfig(config, train);
    const prepared = await prepareSource(train, settled, ui, workers);
    const [channels, height, width] = train.shape;
    const { depth, norm, activation, pooling } = settled;
    const network = (classes) => convnet({
        channels,
        size: height === width ? height : [height, width],
        classes,
        depth,
        width: settled.width,
        norm,
        activation,
        pooling,
    });
    const stage = {
        ...place,
        settings,
        train: prepared,
        test: await prepareSource(test, settled, ui, workers, prepared.preprocessing),
        flippable: train.flippable,
        network,
        key: Key.fromSeed(settings.seed).fold("continual"),
        programs: new Map(),
    };
    const engine = await createEngine({ ...workers, ...(job.device === undefined ? {} : { device: job.device }) });
    try {
        const results = [];
        for (const method of settings.methods)
            results.push(await runMethod(method, { ...stage, engine }));
        return results;
    }
    finally {
        ui.reporter.end();
        await engine.close();
    }
}
async function runMethod(method, stage) {
    const { settings } = stage;
    const { orders, networks, steps } = settings;
    const runs = [];
    const images = [];
    let seconds = 0;
    for (let order = 0; order < orders; order++) {
        const memoryAt = memoryOf(method, order, stage);
        const entries = [];
        for (let step = 0; step < steps; step++) {
            entries.push(await answersAt(method, order, step, memoryAt, stage));
            images[step] = entries[step][0].images;
            seconds += entries[step].reduce((total, entry) => total + entry.seconds, 0);
        }
        for (let network = 0; network < networks; network++) {
            const answers = entries.map((own) => {
                const { seen, correct, total } = own[network];
                return { seen, correct, total };
            });
            runs.push({ order, network, answers });
        }
    }
    return { method, images, seconds, runs };
}
/** The memory of a method under one order of the classes, after a step. */
function memoryOf(method, order, stage) {
    const { settings, train, key, engine, signal, ui, experiment } = stage;
    const { steps, bound, stream, orders } = settings;
    const own = key.fold("order", order);
    if (stream !== null) {
        const total = bound.total;
        const seed = own
            .fold("replay")
            .stream()
            .integer(2 ** 53 - 1);
        const policy = method;
        return streamedMemory(train, blurredStream(train, stream.blur, own), steps, { total, policy, seed });
    }
    const onProgress = (done) => ui.reporter.progress({ stage: `${method}, order ${order + 1} of ${orders}: condensing`, done, total: 1 });
    const condense = allMethods(distillPart(settings.config))[method];
    return condensedMemory(train, classSteps(train.classNames.length, steps, own), bound, condense, {
        key: own.fold("method", method),
        store: setFiles(join(experiment.folder, "memory"), `${method}-order${order}`, train.shape),
        context: { engine, signal, onProgress },
    });
}
/** The entries of all networks after a step, from the journal as far as they are there. */
async function answersAt(method, order, step, memoryAt, stage) {
    const { settings, experiment, key, test, network, engine, signal, ui, programs, flippable } = stage;
    const { networks, steps, orders } = settings;
    const { journal } = experiment;
    const name = (index) => `${method} order ${order} step ${step} network ${index}`;
    const missing = Array.from({ length: networks }, (_, index) => index).filter((index) => journal.get(name(index)) === undefined);
    if (missing.length > 0) {
        const started = performance.now();
        const memory = await memoryAt(step);
        ui.reporter.end();
        // Shared by the networks that it was made for.
        const condensing = secondsSince(started) / missing.length;
        const protocol = settleProtocol(settings.protocol, flippable);
        const shared = programs.get(memory.seen.length) ?? new Map();
        programs.set(memory.seen.length, shared);
        const epochs = missing.map(() => 0);
        const lanes = Math.min(missing.length, Math.max(1, engine.workers));
        await eachOf(missing.length, lanes, async (place) => {
            const begun = performance.now();
            const found = await answer(memory, {
                test,
                network,
                protocol,
                // The same for all methods, so that they are compared in pairs.
                key: key.fold("network", order, step, missing[place]),
                engine,
                programs: shared,
                signal,
                onEpoch: (epoch) => {
                    epochs[place] = epoch;
                    ui.reporter.progress({
                        stage: `${method}, order ${order + 1} of ${orders}: training at step ${step + 1} of ${steps}`,
                        done: epochs.reduce((total, count) => total + count, 0) / (missing.length * protocol.epochs),
                        total: 1,
                    });
                },
            });
            const seconds = Number((condensing + secondsSince(begun) / lanes).toFixed(2));
            const entry = { ...found, images: memory.labels.length, seconds };
            journal.add(name(missing[place]), entry);
        });
        ui.reporter.end();
    }
    return Array.from({ length: networks }, (_, index) => journal.get(name(index)));
}
/** Condensed sets as files of a folder. */
function setFiles(folder, stem, shape) {
    const size = shape[0] * shape[1] * shape[2];
    const pathOf = (step) => join(folder, `${stem}-step${step}.safetensors`);
    return {
        get(step) {
            const path = pathOf(step);
            if (!existsSync(path))
                return undefined;
            const { images, labels } = decodeSafetensors(readFileSync(path)).tensors;
            if (images?.dtype === "F32" && labels?.dtype === "I64" && images.data.length === labels.data.length * size) {
                return { images: images.data, labels: Uint16Array.from(labels.data, Number) };
            }
            throw new DatadamError("INVALID_RUN", `${path} holds no set of this experiment`, {
                hint: "Delete it: it is made again.",
            });
        },
        put(step, { images, labels }) {
            makeFolder(folder);
            const bytes = encodeSafetensors({
                images: { dtype: "F32", shape: [labels.length, ...shape], data: images },
                labels: { dtype: "I64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) },
            });
            writeAtomic(pathOf(step), bytes);
        },
    };
}
/** The classes that were asked for, with test images of each. */
function partOf({ name, train, test }, { classes, steps, stream }) {
    if (test === undefined) {
        throw new DatadamError("INVALID_OPTION", `${name} has no test images`, {
            hint: "Give --split 0.8 to keep a fifth of the images for testing.",
        });
    }
    const part = classes === null ? { train, test } : { train: takeClasses(train, classes), test: takeClasses(test, classes) };
    const count = part.train.classNames.length;
    if (stream === null && steps > count) {
        throw new DatadamError("INVALID_OPTION", `${count} classes cannot come in ${steps} steps`, {
            hint: `Use --steps ${count} or less.`,
        });
    }
    const tested = new Set(part.test.labels);
    const untested = part.train.classNames.find((_, c) => !tested.has(c));
    if (untested !== undefined)
        throw new DatadamError("INVALID_DATA", `${name} has no test images of class "${untested}"`);
    return part;
}
function secondsSince(started) {
    return (performance.now() - started) / 1000;
}
//# sourceMappingURL=work.js.map