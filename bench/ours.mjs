// Our side of the benchmark: a server that times one unit of work per line of standard input, as reference.py does.
//
// `step IPC` is one distillation step (three in a row, divided), `kept IPC FACTOR` one whose networks and targets are
// kept (--networks of them, visited in turn; the first answer comes after all have been visited), `programs IPC FACTOR`
// what the match programs of such a step take alone, `epoch` one epoch of evaluation training, `train NAME COUNT` one
// training step of a network at its full width (COUNT in a row, divided). Each answers with one line,
// {"seconds": s, "rss": peak resident memory in kB, "cpu": processor seconds, "idle": s}. `idle` is the processor time
// taken since the last answer: it would show work done outside the timed part. Same sizes and arguments as
// reference.py; random arrays in memory.

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const { convnet, createEngine, distill, Key, presets } = await import(new URL("index.js", root));
const { bindParameters, family, methods, parseConfig, randomNetwork, realSide, resolveConfig } = await import(
  new URL("distill/index.js", root)
);
const { parseProtocol, Trainer, trainEpoch } = await import(new URL("train/index.js", root));
const { architectures, buildNetwork, initialize } = await import(new URL("nn/index.js", root));

const { values: flags } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    device: { type: "string", default: "cpu" },
    width: { type: "string", default: "128" },
    depth: { type: "string", default: "3" },
    norm: { type: "string", default: "instance" },
    power: { type: "string", default: "4" },
    classes: { type: "string", default: "10" },
    "batch-real": { type: "string", default: "128" },
    pool: { type: "string", default: "500" },
    images: { type: "string", default: "500" },
    batch: { type: "string", default: "64" },
    networks: { type: "string", default: "200" },
  },
});
const number = (name) => Number(flags[name]);
const shape = [3, 32, 32];
const size = 3 * 32 * 32;
const classNames = Array.from({ length: number("classes") }, (_, c) => `class ${c}`);
const key = Key.fromSeed(0);

/** Random images in prepared space: as many of each class. */
function randomSet(count) {
  const pixels = key.stream().fillNormal(new Float32Array(count * size));
  return {
    name: "random",
    count,
    shape,
    classNames,
    labels: Uint16Array.from({ length: count }, (_, i) => i % classNames.length),
    preprocessing: { normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, zca: undefined },
    images: pixels,
    read(indices, out = new Float32Array(indices.length * size)) {
      for (let i = 0; i < indices.length; i++) {
        out.set(pixels.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
      }
      return out;
    },
  };
}

/**
 * Steps in a row: each begins the next one's real pass, so a step alone would leave part of its work outside the time.
 */
const ROW = 3;

/** A function that makes a row of steps of a distillation, from its state, and nothing beyond; gives seconds a step. */
function distillation(engine, ipc) {
  const set = randomSet(classNames.length * number("pool"));
  const options = {
    ...presets.paper,
    ipc,
    batchReal: number("batch-real"),
    power: number("power"),
    norm: flags.norm,
    width: number("width"),
    depth: number("depth"),
    zca: false,
    engine,
  };
  let resume;
  return async () => {
    const run = distill(set, { ...options, iterations: (resume?.iteration ?? 0) + ROW, ...(resume && { resume }) });
    let loss;
    for await (const event of run) loss = event.loss;
    resume = run.state();
    return { loss, count: ROW };
  };
}

/** The keys of a distillation from kept networks, and the network that they are. */
function keptConfig(ipc, factor) {
  const [width, depth, norm] = [number("width"), number("depth"), flags.norm];
  const keys = { ...presets.paper, ipc, factor, power: number("power"), norm, width, depth, zca: false };
  const config = { ...keys, networks: number("networks"), batchReal: number("batch-real"), seed: 0 };
  return { config, network: convnet({ classes: classNames.length, depth, width, norm }) };
}

/** What real images give in one network: the targets of all, since their values cost nothing. */
async function targetsOfClass(engine, set, { config, network }) {
  const resolved = resolveConfig(parseConfig(config), set);
  const side = await realSide(set, { method: methods.datadam, config: resolved, network }, engine, [0]);
  return side.targets({ number: 1, draw: 0 }, bindParameters(randomNetwork(network, 0, 1)), 0);
}

/** `rows` one after another, by quantity. */
function repeated(targets, rows) {
  const fill = (values) => Float32Array.from({ length: rows * values.length }, (_, i) => values[i % values.length]);
  return Object.fromEntries(Object.entries(targets).map(([name, values]) => [name, fill(values)]));
}

/** A function that makes a row of steps from kept networks and targets. */
async function keptDistillation(engine, ipc, factor) {
  const set = randomSet(classNames.length * number("pool"));
  const { config, network } = keptConfig(ipc, factor);
  const targets = await targetsOfClass(engine, set, { config, network });
  const known = new Map();
  const source = {
    parameters: (number) => randomNetwork(network, 0, number),
    targets: async (_, labels) => {
      const rows = known.get(labels.length) ?? repeated(targets, labels.length);
      known.set(labels.length, rows);
      return rows;
    },
  };
  const resolved = resolveConfig(parseConfig(config), set);
  const all = family(set.shape, resolved, source);
  let resume;
  const run = async (count) => {
    const iterations = (resume?.iteration ?? 0) + count;
    const distillation = distill(set, { ...config, iterations, engine, family: all, ...(resume && { resume }) });
    let loss;
    for await (const event of distillation) loss = event.loss;
    resume = distillation.state();
    return { loss, count };
  };
  await run(number("networks"));
  return () => run(5 * ROW);
}

/** A function that runs the match programs of such a step and nothing else, for one network. */
async function matchPrograms(engine, ipc, factor) {
  const set = randomSet(classNames.length * number("pool"));
  const { config, network } = keptConfig(ipc, factor);
  const targets = await targetsOfClass(engine, set, { config, network });
  const resolved = resolveConfig(parseConfig(config), set);
  const { matching } = await methods.datadam.make({ network, config: resolved, engine });
  const parameters = bindParameters(randomNetwork(network, 0, 1));
  const each = ipc * factor ** 2;
  const together = Math.max(1, Math.floor(8 / each));
  const programs = Math.ceil(classNames.length / together);
  const cut = (i) => Math.round((i * classNames.length) / programs);
  const groups = Array.from({ length: programs }, (_, i) => classNames.map((_, c) => c).slice(cut(i), cut(i + 1)));
  const work = groups.map((labels) => ({
    labels,
    targets: repeated(targets, labels.length),
    images: key.stream().fillNormal(new Float32Array(labels.length * each * size)),
  }));
  return async () => {
    for (let i = 0; i < ROW; i++) {
      await Promise.all(work.map(({ labels, targets, images }) => matching.match(parameters, targets, images, labels)));
    }
    return { loss: 0, count: ROW };
  };
}

/** A function that trains one network for one epoch. */
function training(engine) {
  const network = convnet({
    classes: classNames.length,
    depth: number("depth"),
    width: number("width"),
    norm: flags.norm,
  });
  const trainer = new Trainer(network, initialize(network, key), engine);
  const set = randomSet(number("images"));
  const protocol = {
    ...parseProtocol("official"),
    batch: number("batch"),
    augment: "color_crop_cutout_flip_scale_rotate",
  };
  let epoch = 0;
  return async () => ({ loss: await trainEpoch(trainer, set, protocol, epoch++, key), count: 1 });
}

/** A function that makes `count` steps of training of the network `name` on one batch. */
function steps(engine, name, count) {
  const { norms } = architectures[name].facts;
  const norm = norms.includes(flags.norm) ? flags.norm : norms[0];
  const network = buildNetwork(name, { classes: classNames.length, norm });
  const trainer = new Trainer(network, initialize(network, key), engine);
  const { images, labels } = randomSet(number("batch"));
  const sgd = { lr: 0.01, momentum: 0.9, weightDecay: 5e-4 };
  return async () => {
    let loss;
    for (let i = 0; i < count; i++) loss = await trainer.step(images, labels, sgd);
    return { loss, count };
  };
}

function workOf(engine, [command, argument, count]) {
  if (command === "epoch") return training(engine);
  if (command === "train") return steps(engine, argument, Number(count));
  if (command === "kept") return keptDistillation(engine, Number(argument), Number(count));
  if (command === "programs") return matchPrograms(engine, Number(argument), Number(count));
  return distillation(engine, Number(argument));
}

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Share of visits, from the second round of all networks on, at which a worker still had the weights laid out. */
let first;
function shareKept() {
  const { hits, misses } = engine.bindingStatistics();
  first ??= { hits, misses };
  const [again, anew] = [hits - first.hits, misses - first.misses];
  return again + anew === 0 ? undefined : { shareKept: again / (again + anew) };
}

const engine = await createEngine({ device: flags.device, workers: number("threads") });
answer({ node: process.versions.node, workers: engine.workers, device: engine.device });
const work = new Map();
let used = processorSeconds();
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  if (!work.has(line)) {
    work.set(line, await workOf(engine, line.trim().split(/\s+/)));
    used = processorSeconds();
  }
  const before = processorSeconds();
  const idle = before - used;
  const start = performance.now();
  const { loss, count } = await work.get(line)();
  const seconds = (performance.now() - start) / 1000 / count;
  used = processorSeconds();
  const extra = line.startsWith("kept") ? shareKept() : undefined;
  answer({ extra, seconds, rss: process.resourceUsage().maxRSS, cpu: (used - before) / count, count, idle, loss });
}
await engine.close();
