// Our side of the benchmark: a server that times one unit of work per line of standard input, as reference.py does.
//
// `step IPC` is one distillation step (three in a row, divided), `epoch` one epoch of evaluation training, `train NAME
// COUNT` one training step of a network at its full width (COUNT in a row, divided). Each answers with one line,
// {"seconds": s, "rss": peak resident memory in kB, "cpu": processor seconds, "idle": s}. `idle` is the processor time
// taken since the last answer: it would show work done outside the timed part. Same sizes and arguments as
// reference.py; random arrays in memory.

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const { convnet, createEngine, distill, Key, presets } = await import(new URL("index.js", root));
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
  return distillation(engine, Number(argument));
}

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const engine = await createEngine({ device: flags.device, workers: number("threads") });
answer({ node: process.versions.node, workers: engine.workers, device: engine.device });
const work = new Map();
let used = processorSeconds();
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  if (!work.has(line)) {
    work.set(line, workOf(engine, line.trim().split(/\s+/)));
    used = processorSeconds();
  }
  const before = processorSeconds();
  const idle = before - used;
  const start = performance.now();
  const { loss, count } = await work.get(line)();
  const seconds = (performance.now() - start) / 1000 / count;
  used = processorSeconds();
  answer({ seconds, rss: process.resourceUsage().maxRSS, cpu: (used - before) / count, count, idle, loss });
}
await engine.close();
