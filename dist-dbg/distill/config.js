// The configuration of a distillation: one schema for validation, defaults, help, JSON Schema and the record of a run.
import * as z from "zod";
import { DatadamError } from "../errors.js";
import { architectures } from "../nn/architectures.js";
import { requireMaps, settleNetwork } from "./settleNetwork.js";
export const METHOD_NAMES = ["datadam", "dm", "dc", "dsa"];
export const INITIALISERS = ["real", "noise", "herding", "k-center", "k-means", "forgetting", "set"];
const OPERATIONS = ["color", "crop", "cutout", "flip", "scale", "rotate"];
const FULL_STRATEGY = OPERATIONS.join("_");
/** From this many pixels on the paper's table has other values. */
const HIGH_RESOLUTION = 128;
const auto = z.literal("auto");
const count = z.int().positive();
function isStrategy(text) {
    if (text === "auto" || text === "none")
        return true;
    const parts = text.split("_");
    return (new Set(parts).size === parts.length && parts.every((part) => OPERATIONS.includes(part)));
}
const schema = z.strictObject({
    method: z
        .enum(METHOD_NAMES)
        .default("datadam")
        .describe("What is matched. Its preset gives the defaults of the other keys."),
    ipc: count.max(100_000).default(10).describe("Synthetic images per class."),
    iterations: z
        .int()
        .nonnegative()
        .default(8000)
        .describe("Distillation steps; each draws a fresh network (dc, dsa: and takes outerLoops matching steps with it)."),
    seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
    batchReal: count
        .default(128)
        .describe("Real images per class and step, drawn without replacement (fewer where a class has fewer)."),
    power: z
        .number()
        .positive()
        .max(64)
        .default(4)
        .describe("Exponent p of the attention maps (datadam). The paper says 4, the released code runs 1."),
    lambda: z
        .union([z.number().nonnegative(), auto])
        .default("auto")
        .describe("datadam: weight of the last features' term beside the attention term. auto: 0.01; 0.02 from 128 px on."),
    scale: z.number().positive().default(100).describe("datadam: factor on the whole loss."),
    lrImg: z
        .union([z.number().positive(), auto])
        .default("auto")
        .describe("Learning rate of the images. auto: 1 up to ipc 50, 10 above; dc, dsa: 0.1."),
    momentum: z.number().min(0).lt(1).default(0.5).describe("Momentum of the images' SGD."),
    averaging: z
        .union([z.literal(false), z.number().nonnegative()])
        .default(false)
        .describe("A number: the result is the average over the iterations, of which the t-th takes (1 + averaging) / (t + averaging) (Shamir & Zhang 2013). false: the last iteration's images, as published."),
    arch: z
        .enum(Object.keys(architectures))
        .default("convnet")
        .describe("Architecture of the networks. depth, activation and pooling are options of convnet alone."),
    norm: z
        .enum(["none", "instance", "group", "layer", "batch"])
        .default("instance")
        .describe("Normalisation layers of the networks. batch couples the classes: no shards, no parallel classes. Becomes none where the architecture has no norm layers."),
    depth: z
        .union([z.int().nonnegative().max(16), auto])
        .default("auto")
        .describe("Blocks of the network. auto: by image size, 3 at 28 and 32 px, 4 at 64, 5 at 128."),
    width: z
        .union([count.max(4096), auto])
        .default("auto")
        .describe("Channels of the first block, which later ones follow. auto: that of the architecture (convnet and alexnet 128, vgg and resnet 64)."),
    activation: z.enum(["relu", "leaky_relu", "sigmoid", "swish"]).default("relu").describe("Activation of each block."),
    pooling: z.enum(["average", "max", "none"]).default("average").describe("2 x 2 pooling of each block."),
    zca: z
        .union([z.boolean(), auto])
        .default("auto")
        .describe("Whiten the normalised images. auto: on for CIFAR, off for other sets."),
    zcaEps: z.number().positive().default(0.1).describe("Added to the eigenvalues before whitening. Used only with zca."),
    augment: z
        .string()
        .refine(isStrategy, { error: `must be "auto", "none" or operations of ${FULL_STRATEGY} joined by "_", each once` })
        .default("auto")
        .describe(`Siamese augmentation. auto: ${FULL_STRATEGY}, without flip where a mirrored image changes its class; dc: none.`),
    augmentMode: z
        .enum(["one", "all"])
        .default("one")
        .describe("one: one operation is drawn per class and step; all: all in turn."),
    init: z
        .enum(INITIALISERS)
        .default("real")
        .describe("Initial images: random real ones, Gaussian noise, or those that `datadam select` chooses by the features of a random network of this kind. set: given by --init PATH."),
    layers: z
        .union([z.array(z.int().nonnegative()), z.enum(["auto", "all", "last"])])
        .default("auto")
        .describe("datadam: blocks whose attention is matched, from 0, or all, or last. auto: all but the last."),
    attentionWeight: z
        .number()
        .nonnegative()
        .default(1)
        .describe("datadam: weight of the attention term. 0: features only (lambda 0: attention only)."),
    attentionReduction: z
        .enum(["sum", "max"])
        .default("sum")
        .describe("datadam: how the channels of an attention map are put together."),
    attentionNorm: z
        .enum(["l2", "l1", "none"])
        .default("l2")
        .describe("datadam: norm to which each image's attention vector is brought."),
    errorType: z
        .enum(["mse", "mae", "cosine"])
        .default("mse")
        .describe("datadam, dm: distance of class means: squared, absolute (both summed), or 1 - cosine."),
    outerLoops: z
        .union([count, auto])
        .default("auto")
        .describe("dc, dsa: matching steps with each network. auto: ipc, at most 50."),
    innerLoops: z
        .union([z.int().nonnegative(), auto])
        .default("auto")
        .describe("dc, dsa: epochs of training the network on the synthetic images between two matching steps. auto: 1 at ipc 1, 50 up to ipc 10, 25 to 20, 20 to 30, 15 to 40, 10 above."),
    lrNet: z.number().positive().default(0.01).describe("dc, dsa: learning rate of the network's SGD (no momentum)."),
    batchTrain: count.default(256).describe("dc, dsa: batch of the network's training."),
});
/** What the papers of DC and DSA share. */
const GRADIENT_MATCHING = {
    iterations: 1000,
    batchReal: 256,
    lrImg: "auto",
    momentum: 0.5,
    norm: "instance",
    zca: false,
    lrNet: 0.01,
    batchTrain: 256,
};
/** The published recipes. `paper` is the default of {@link resolveConfig}; spread one and override. */
export const presets = {
    /** The paper's table of hyper-parameters (ICCV 2023). */
    paper: {
        iterations: 8000,
        batchReal: 128,
        power: 4,
        lambda: "auto",
        scale: 100,
        lrImg: "auto",
        momentum: 0.5,
        norm: "instance",
        zca: "auto",
    },
    /** What the authors' released code runs. */
    official: {
        iterations: 20000,
        batchReal: 64,
        power: 1,
        lambda: 0.01,
        scale: 100,
        lrImg: "auto",
        momentum: 0.5,
        norm: "batch",
        zca: false,
    },
    /** A few seconds on two cores for small images: to see it work, not for numbers. */
    quick: {
        ipc: 10,
        iterations: 100,
        batchReal: 64,
        power: 4,
        lambda: "auto",
        scale: 100,
        lrImg: "auto",
        momentum: 0.5,
        norm: "instance",
        width: 32,
        zca: false,
    },
    /** DM (Zhao & Bilen, WACV 2023). */
    dm: {
        method: "dm",
        iterations: 20000,
        batchReal: 256,
        lrImg: "auto",
        momentum: 0.5,
        norm: "instance",
        zca: false,
        init: "real",
    },
    /** DC (Zhao, Mopuri & Bilen, ICLR 2021). */
    dc: { ...GRADIENT_MATCHING, method: "dc", init: "noise" },
    /** DSA (Zhao & Bilen, ICML 2021): DC with siamese augmentation. */
    dsa: { ...GRADIENT_MATCHING, method: "dsa", init: "real" },
};
/** Keys that a method's preset sets apart from DataDAM's defaults. */
function methodDefaults(method) {
    return method === "dm" || method === "dc" || method === "dsa" ? presets[method] : {};
}
/** All keys with their descriptions and defaults, in the schema's order. */
export function configKeys() {
    const defaults = schema.parse({});
    return Object.entries(schema.shape).map(([key, value]) => ({
        key: key,
        description: value.description ?? "",
        default: defaults[key],
    }));
}
/**
 * Checks `partial` and fills in defaults (those of the `paper` preset; of the method's own where `method` is another).
 *
 * @throws DatadamError INVALID_OPTION with one line for each problem: unknown keys (with the nearest known one),
 * wrong types, values out of range.
 */
export function resolveConfig(partial) {
    const given = Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
    const result = schema.safeParse({ ...methodDefaults(partial.method), ...given });
    if (result.success)
        return result.data;
    const lines = result.error.issues.flatMap((issue) => problems(issue, partial));
    const message = lines.length === 1 ? lines[0] : `${lines.length} problems in the configuration:\n  ${lines.join("\n  ")}`;
    throw new DatadamError("INVALID_OPTION", message);
}
/**
 * Replaces every `"auto"` by its value for a data set.
 *
 * @param custom a network of the user's own, which the configuration's `arch` and its options do not describe.
 * @throws DatadamError INVALID_OPTION where the network does not fit the images or `layers` names a block it lacks.
 */
export function settleConfig(config, set, custom) {
    const side = Math.min(...set.shape.slice(1));
    const network = custom === undefined ? settleNetwork(config, set) : customNetwork(config, custom);
    const { depth } = network;
    const layers = settleLayers(config.layers, depth);
    const beyond = layers.find((layer) => layer >= depth);
    if (beyond !== undefined) {
        throw new DatadamError("INVALID_OPTION", `layers: no block ${beyond} in a network of depth ${depth} (blocks 0 to ${depth - 1})`);
    }
    const problem = impossible(config);
    if (problem !== undefined)
        throw new DatadamError("INVALID_OPTION", problem.reason, { hint: problem.hint });
    const gradients = matchesGradients(config.method);
    return {
        ...config,
        ...network,
        layers: [...new Set(layers)].sort((a, b) => a - b),
        lambda: config.lambda === "auto" ? (side >= HIGH_RESOLUTION ? 0.02 : 0.01) : config.lambda,
        lrImg: config.lrImg === "auto" ? (gradients ? 0.1 : config.ipc <= 50 ? 1 : 10) : config.lrImg,
        zca: config.zca === "auto" ? /^cifar/i.test(set.name) : config.zca,
        augment: config.augment !== "auto"
            ? config.augment
            : config.method === "dc"
                ? "none"
                : autoStrategy(set.flippable ?? true),
        outerLoops: settleOuterLoops(config),
        innerLoops: gradients ? (config.innerLoops === "auto" ? innerLoops(config.ipc) : config.innerLoops) : 1,
    };
}
/** Whether a method matches the gradients of the network's loss (DC and its kin). */
export function matchesGradients(method) {
    return method === "dc" || method === "dsa";
}
/** Why classes cannot be distilled apart, if they cannot, and what helps. */
export function shardObstacle(config) {
    if (config.norm === "batch") {
        return {
            reason: "norm batch couples the classes (batch statistics are taken over all of them)",
            hint: "Distil all classes in one run, or use norm instance.",
        };
    }
    if (settleOuterLoops(config) === 1)
        return undefined;
    return {
        reason: `method ${config.method} trains its network on the synthetic images of all classes`,
        hint: "Distil all classes in one run, or set outerLoops to 1 (as at ipc 1: then nothing is trained).",
    };
}
function settleOuterLoops({ method, outerLoops, ipc }) {
    if (!matchesGradients(method))
        return 1;
    return outerLoops === "auto" ? Math.min(ipc, 50) : outerLoops;
}
/** The papers' numbers at ipc 1, 10, 20, 30, 40 and 50. */
function innerLoops(ipc) {
    if (ipc === 1)
        return 1;
    const known = [50, 25, 20, 15];
    return known[Math.ceil(ipc / 10) - 1] ?? 10;
}
function settleLayers(layers, depth) {
    if (typeof layers !== "string")
        return layers;
    const all = Array.from({ length: depth }, (_, index) => index);
    if (layers === "all")
        return all;
    return layers === "last" || depth === 1 ? all.slice(-1) : all.slice(0, -1);
}
/** Why a configuration cannot be distilled whatever the data, if it cannot, and what helps. */
export function impossible({ method, norm, attentionWeight, lambda, }) {
    if (method === "datadam" && attentionWeight === 0 && lambda === 0) {
        return {
            reason: "attentionWeight and lambda are both 0: nothing is matched",
            hint: "Set one of them above 0.",
        };
    }
    if (matchesGradients(method) && norm === "batch") {
        return {
            reason: `method ${method} takes the gradient of one class at a time, whose batch statistics would be those of that class alone`,
            hint: "Use norm instance, group, layer or none.",
        };
    }
    return undefined;
}
/** Depth and norm as the network has them; nothing else of the configuration was used to build it. */
function customNetwork(config, { name, maps, coupled }) {
    requireMaps(config, `network ${name}`, maps);
    const { activation, pooling } = config;
    const width = config.width === "auto" ? architectures[config.arch].width : config.width;
    return { depth: maps, width, norm: coupled ? "batch" : "none", activation, pooling };
}
/** JSON Schema of a configuration file, for editors. */
export function jsonSchema() {
    return z.toJSONSchema(schema, { io: "input" });
}
/** The known word nearest to `word`, if near enough to be what was meant. */
export function nearest(word, known) {
    const plain = (text) => text.toLowerCase().replaceAll(/[-_]/g, "");
    const wanted = plain(word);
    let best;
    let least = Math.max(1, Math.floor(word.length / 3)) + 1;
    for (const candidate of known) {
        const distance = editDistance(wanted, plain(candidate));
        if (distance < least)
            [best, least] = [candidate, distance];
    }
    return best;
}
function autoStrategy(flippable) {
    return OPERATIONS.filter((operation) => flippable || operation !== "flip").join("_");
}
function problems(issue, input) {
    if (issue.code === "unrecognized_keys") {
        const known = Object.keys(schema.shape);
        return issue.keys.map((key) => {
            const near = nearest(key, known);
            return `unknown configuration key ${JSON.stringify(key)}${near === undefined ? "" : `; did you mean ${near}?`}`;
        });
    }
    const path = issue.path.join(".");
    const got = show(issue.path.reduce((value, part) => value?.[part], input));
    return [`${path === "" ? "configuration" : path}: ${expectation(issue)}, got ${got}`];
}
/** What a value of the wrong kind should have been: `must be an integer`. */
export function expectation(issue) {
    if (issue.code === "invalid_union") {
        const parts = issue.errors.flat().map((inner) => expectation(inner).replace(/^must be /, ""));
        return `must be ${[...new Set(parts)].join(" or ")}`;
    }
    if (issue.code === "invalid_value")
        return `must be ${issue.values.map((value) => show(value)).join(" or ")}`;
    if (issue.code === "too_small")
        return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    if (issue.code === "too_big")
        return `must be ${issue.inclusive === false ? "below" : "at most"} ${issue.maximum}`;
    if (issue.code === "invalid_type") {
        return `must be ${issue.expected === "int" ? "an integer" : `${/^[aeio]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`}`;
    }
    return issue.message;
}
function show(value) {
    if (typeof value === "number" || value === undefined)
        return String(value);
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
function editDistance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
        }
        row = next;
    }
    return row[b.length];
}
//# sourceMappingURL=config.js.map