// What average of the iterates to take: decided on training images that were held out, as a committed record.
//
//   node bench/averaging.mjs NAME --data-dir DIR [--ipc 1] [--averages 0,1,3,8] [--snapshots 250,500,1000]
//     [--networks 5]
//        [--protocol quick] [--test 1] [--seed 0] [--set lrImg=0.3]... [--work runs/averaging]
//
// One path of the preset `paper` (or what --set makes of it), of which several averages are kept at once (the path is
// the same for all of them). CIFAR-10's last 500 training images of each class are left out of it, and every average is
// evaluated on them. With `--test A,B` the path takes all training images instead, and these averages alone (`last`:
// none) are evaluated, on the test images. Killed and started again, it resumes from its last snapshot. Writes
// records/averaging/NAME.json.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine, readArrays, sayer, withoutPlaces, write, writeArrays } from "./iterates.mjs";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const { createEngine, distill, evaluate, loadDataset, prepare, prepareWith, presets } = await import(
  new URL("index.js", root)
);
const { takeImages } = await import(new URL("images/index.js", root));
const { folderCache } = await import(new URL("lab/node/index.js", root));
const { cacheFolder } = await import(new URL("data/store/cacheFolder.js", root));

const HELD_OUT = 500;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "data-dir": { type: "string" },
    ipc: { type: "string", default: "1" },
    averages: { type: "string", default: "0,1,3,8" },
    snapshots: { type: "string", default: "250,500,1000" },
    networks: { type: "string", default: "5" },
    protocol: { type: "string", default: "quick" },
    test: { type: "string" },
    seed: { type: "string", default: "0" },
    set: { type: "string", multiple: true, default: [] },
    workers: { type: "string", default: "2" },
    work: { type: "string", default: "runs/averaging" },
    records: { type: "string", default: "records/averaging" },
  },
});
const [name] = positionals;
if (name === undefined) throw new Error("usage: node bench/averaging.mjs NAME --data-dir DIR [options]");
mkdirSync(flags.work, { recursive: true });
mkdirSync(flags.records, { recursive: true });
const say = sayer(name);

const { train, test } = await loadDataset("cifar10", { dir: flags["data-dir"] });
const members = train.classNames.map(() => []);
for (const [index, label] of train.labels.entries()) members[label].push(index);
const part = (cut) =>
  takeImages(
    train,
    members.flatMap(cut).sort((a, b) => a - b),
  );
const [learned, validated] =
  flags.test === undefined ? [part((m) => m.slice(0, -HELD_OUT)), part((m) => m.slice(-HELD_OUT))] : [train, test];

const engine = await createEngine({ workers: Number(flags.workers) });
const changes = flags.set.map((one) => one.split("=")).map(([key, value]) => [key, JSON.parse(value)]);
const [ipc, seed] = [Number(flags.ipc), Number(flags.seed)];
const config = { ...presets.paper, averaging: false, ipc, seed, ...Object.fromEntries(changes) };
const prepared = await prepare(learned, {
  zca: config.zca !== false && { eps: 0.1 },
  cache: folderCache(cacheFolder(), say),
});
const preparedValidated = await prepareWith(prepared.preprocessing, validated);

const powers = (flags.test ?? flags.averages).split(",").filter((one) => one !== "last");
const etas = powers.map(Number);
const snapshots = flags.snapshots.split(",").map(Number);

/** Images, momentum, and each average, one after the other. */
const statePath = (iteration) => join(flags.work, `${name}-${iteration}`);
const loadState = (iteration) => {
  const [images, momentum, ...averages] = readArrays(statePath(iteration), 2 + etas.length);
  return { state: { iteration, classes: prepared.classNames.map((_, c) => c), images, momentum }, averages };
};

let at;
let set;
for (const iterations of snapshots) {
  if (!existsSync(statePath(iterations))) {
    const run = distill(prepared, { ...config, iterations, engine, ...(at ? { resume: at.state } : {}) });
    const averages =
      at?.averages ??
      etas.map(() => new Float32Array(prepared.shape.reduce((a, b) => a * b) * members.length * config.ipc));
    for await (const { iteration, loss } of run) {
      const { images, iteration: reached } = run.state();
      if (reached !== iteration) throw new Error(`the state is of iteration ${reached}, not ${iteration}`);
      etas.forEach((eta, k) => {
        const share = (1 + eta) / (iteration + eta);
        const average = averages[k];
        for (let i = 0; i < average.length; i++) average[i] += share * (images[i] - average[i]);
      });
      if (iteration % 50 === 0) say(`iteration ${iteration}, loss ${loss.toFixed(1)}`);
    }
    await run.result;
    const { images, momentum } = run.state();
    writeArrays(statePath(iterations), [images, momentum, ...averages]);
  }
  at = loadState(iterations);
  set = await distill(prepared, { ...config, iterations, engine, resume: at.state }).result;
}

const recordPath = join(flags.records, `${name}.json`);
const record = existsSync(recordPath)
  ? JSON.parse(readFileSync(recordPath, "utf8"))
  : {
      command: ["node bench/averaging.mjs", ...withoutPlaces(process.argv.slice(2)), "--data-dir DIR"].join(" "),
      machine: machine(),
      evaluatedOn: flags.test === undefined ? `${HELD_OUT} training images a class, held out` : "test images",
      config: set.provenance,
      results: [],
    };
for (const iteration of snapshots.toReversed()) {
  const { state, averages } = loadState(iteration);
  const candidates = [["last", state.images], ...powers.map((power, k) => [power, averages[k]])].filter(
    ([power]) => flags.test === undefined || flags.test.split(",").includes(power),
  );
  for (const [averaging, images] of candidates) {
    if (record.results.some((r) => r.iteration === iteration && r.averaging === averaging)) continue;
    const { mean, std, accuracies } = await evaluate({ ...set, images }, preparedValidated, {
      networks: Number(flags.networks),
      protocol: flags.protocol,
      norm: config.norm,
      seed: 0,
      engine,
    });
    say(`iteration ${iteration}, ${averaging}: ${mean.toFixed(2)} ± ${std.toFixed(2)}`);
    record.results.push({ iteration, averaging, protocol: flags.protocol, mean, std, accuracies });
    write(recordPath, `${JSON.stringify(record, null, 2)}\n`);
  }
}
await engine.close();
