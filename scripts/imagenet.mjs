// ImageNet-1K planned by measurement, on stand-ins of noise in the published layout. Needs `npm run build`; root,
// slurm-wlm and munge for the Slurm.
//
//   node scripts/imagenet.mjs WORK [--only stream,slurm,steps] [--split 20] [--record records/imagenet.json]
//
// stream: how quickly the published tars are decoded into the cache, beside the decoder alone.
// slurm:  1000 classes of few small images through a real Slurm as one plan: decode, statistics, distil IPC 1 and 10,
//         evaluate. The bytes are those of the same jobs at once.
// steps:  steps of the real size, measured by `datadam plan`; hours and GB of each phase for 1, 10 and 100 machines.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { hurry, said, stopSlurm, theSlurm } from "./cluster/slurm.mjs";
import { ended, must, placeIn, range, sleep } from "./cluster/support.mjs";
import { noiseJpegs, writeArchives } from "./imagenet/archives.mjs";
import { project } from "./imagenet/project.mjs";

const { protocols } = await import(new URL("../dist/train/index.js", import.meta.url));

const PARTS = { stream, slurm, steps };
/** About what a picture of ImageNet is. */
const PICTURE = { width: 500, height: 375, bytes: 110_000 };
/** Images of the two sets that are opened to measure how quickly that goes. */
const OPENED = [5_000, 25_000];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: Object.keys(PARTS).join() },
    split: { type: "string", default: "20" },
    record: { type: "string" },
  },
});
if (positionals[0] === undefined) throw new Error("usage: node scripts/imagenet.mjs WORK [--only ...] [--record FILE]");
const work = resolve(positionals[0]);
mkdirSync(work, { recursive: true });
const record = values.record && existsSync(values.record) ? JSON.parse(readFileSync(values.record, "utf8")) : {};
try {
  for (const name of values.only.split(",")) {
    const found = await PARTS[name]();
    const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), load: Math.round(loadavg()[1]) };
    Object.assign(record, { [name]: { ...found, machine, updated: new Date().toISOString() } });
    if (record.steps !== undefined && record.stream !== undefined && record.slurm !== undefined) {
      record.projection = project(record);
    }
    console.log(JSON.stringify(record[name], undefined, 1));
    if (values.record === undefined) continue;
    writeFileSync(`${values.record}.part`, `${JSON.stringify(record, undefined, 1)}\n`);
    renameSync(`${values.record}.part`, values.record);
  }
} finally {
  await stopSlurm();
}

/** The tars of 100 classes, decoded by the program and by the decoder alone, in turn. */
async function stream() {
  const dist = (path) => import(new URL(`../dist/${path}`, import.meta.url));
  const { decodeImage } = await dist("data/decode/decode.js");
  const { eachInOrder } = await dist("data/mapInOrder.js");
  const folder = join(work, "streamed");
  const [classes, train, val] = [100, 38, 2];
  const count = classes * (train + val);
  const jpegs = await noiseJpegs(PICTURE);
  writeArchives(folder, { classes, train, val, jpegs });
  const place = placeIn(work);
  const rounds = [];
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    const all = eachInOrder(range(count), (i) => decodeImage("noise", jpegs[i % jpegs.length], 64));
    for await (const _ of all) {
    }
    const decoder = count / ((performance.now() - began) / 1000);
    const cache = join(work, "cache-streamed");
    rmSync(cache, { recursive: true, force: true });
    const from = performance.now();
    must(look(place, folder, cache));
    const cold = performance.now() - from;
    const again = performance.now();
    must(look(place, folder, cache));
    // The second look starts, opens and hashes as the first, and decodes nothing.
    const warm = performance.now() - again;
    rounds.push({ decoder: Math.round(decoder), tars: Math.round(count / ((cold - warm) / 1000)) });
  }
  rmSync(folder, { recursive: true });
  const bytes = Math.round(jpegs.reduce((sum, { length }) => sum + length, 0) / jpegs.length);
  return { images: count, picture: { ...PICTURE, bytes }, rounds, unit: "images a second, 64 px" };
}

function look({ cwd }, dir, cache) {
  const main = new URL("../dist/cli/main.js", import.meta.url).pathname;
  const job = { kind: "data", data: { dataset: "imagenet", dir }, inspect: false };
  writeFileSync(join(cwd, "look.json"), JSON.stringify(job));
  rmSync(join(cwd, "looked"), { recursive: true, force: true });
  return spawnSync(process.execPath, [main, "run", "look.json", "--out", "looked", "--quiet"], {
    ...{ cwd, encoding: "utf8", env: { ...process.env, DATADAM_CACHE: cache } },
  });
}

/** Jobs of the stand-in: as those of the real set, with few iterations in a narrow network. */
function standIn(dir) {
  const data = { dataset: "imagenet", dir };
  const method = { preset: "quick", networks: 2, draws: 1, width: 8, zca: false };
  const protocol = { ...protocols.quick, epochs: 1 };
  const evaluation = { kind: "evaluate", networks: 2, network: { width: 8 }, protocol };
  return { data, method, evaluation };
}

/** A thousand classes through a real Slurm of this machine. */
async function slurm() {
  const engine = await theSlurm();
  if (engine === undefined) return { skipped: "no Slurm here" };
  const folder = join(work, "classes");
  const [classes, train, val] = [1000, 10, 1];
  if (!existsSync(folder)) {
    writeArchives(folder, { classes, train, val, jpegs: await noiseJpegs({ width: 80, height: 64, bytes: 4000 }) });
  }
  const { data, method, evaluation } = standIn(folder);
  const steps = {
    decode: { kind: "data", data, inspect: false },
    statistics: { kind: "bank", data, method },
    ipc1: { kind: "distill", data, bank: "@statistics", method: { ...method, ipc: 1, iterations: 4 } },
    ipc10: { kind: "distill", data, bank: "@statistics", method: { ...method, ipc: 10, iterations: 2 } },
    judged1: { ...evaluation, set: "@ipc1" },
    judged10: { ...evaluation, set: "@ipc10" },
  };
  const env = { ...engine.env, DATADAM_CACHE: join(work, "cache-classes") };
  process.env.DATADAM_CACHE = env.DATADAM_CACHE;
  const { run, start, cwd } = placeIn(work);
  writeFileSync(
    join(cwd, "imagenet.json"),
    JSON.stringify({ kind: "steps", classes, steps, execution: { workers: 1 } }),
  );
  rmSync(join(cwd, "plan"), { recursive: true, force: true });
  must(run("plan", "imagenet.json", "--split", values.split, "--out", "plan", "--quiet"));
  const { jobs } = JSON.parse(run("status", "plan", "--json").stdout);
  const began = Date.now();
  const submitted = start(["submit", "plan", "--to", "slurm"], { env });
  if ((await ended(submitted)) !== 0) throw new Error(submitted.said);
  const seconds = {};
  while (said(engine, "squeue", "-h") !== "") {
    hurry(engine);
    await sleep(500);
  }
  const total = Math.round((Date.now() - began) / 1000);
  const status = JSON.parse(run("status", "plan", "--json").stdout);
  if (!status.done) return { jobs, counts: status.counts, failed: status.failed, same: false };
  for (const { name, first, count } of status.stages) {
    seconds[name] = { jobs: count, mean: meanOf(join(cwd, "plan"), first, count) };
  }
  // The same jobs at once, from the same statistics.
  const same = {};
  for (const name of ["ipc1", "ipc10"]) {
    const job = { ...steps[name], bank: "plan/steps/statistics/result" };
    writeFileSync(join(cwd, `${name}.json`), JSON.stringify(job));
    must(run("run", `${name}.json`, "--out", `single-${name}`, "--quiet"));
    const bytes = (of) => readFileSync(join(cwd, of, "synthetic.safetensors"));
    same[name] = bytes(`plan/steps/${name}/result`).equals(bytes(`single-${name}`));
    rmSync(join(cwd, `single-${name}`), { recursive: true });
  }
  const gigabytes = Number((sizeOf(join(cwd, "plan")) / 1e9).toFixed(3));
  rmSync(join(cwd, "plan"), { recursive: true });
  return { classes, images: classes * (train + val), jobs, seconds: total, stages: seconds, same, gigabytes };
}

/** Mean seconds of the jobs of a stage, by their marks. */
function meanOf(plan, first, count) {
  const all = range(count, first).map((index) => {
    const [block, name] = [String(Math.floor(index / 1000)).padStart(4, "0"), String(index).padStart(7, "0")];
    return JSON.parse(readFileSync(join(plan, "marks/done", block, `${name}.json`), "utf8")).seconds;
  });
  return Number((all.reduce((sum, one) => sum + one, 0) / count).toFixed(2));
}

function sizeOf(folder) {
  const files = readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)));
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

/** Steps of the real size: the networks, batches and images of the preset, on ten classes. */
async function steps() {
  const folder = join(work, "real");
  const classes = 10;
  const bench = new URL("../bench/standin.mjs", import.meta.url).pathname;
  const words = [bench, folder, "--classes", String(classes), "--images", "260"];
  if (!existsSync(folder)) must(spawnSync(process.execPath, words, { encoding: "utf8" }));
  process.env.DATADAM_CACHE = join(work, "cache-real");
  const { run, cwd } = placeIn(work);
  const data = { dataset: folder };
  const method = { preset: "bank", zca: false };
  const write = (name, job) => writeFileSync(join(cwd, `${name}.json`), JSON.stringify(job));
  const make = (name, job) => {
    write(name, job);
    rmSync(join(cwd, name), { recursive: true, force: true });
    must(run("run", `${name}.json`, "--out", name, "--quiet"));
  };
  const measured = (name, job) => {
    write(name, job);
    const done = run("plan", `${name}.json`, "--json");
    must(done);
    const { phases, total } = JSON.parse(done.stdout);
    return { phases: phases.map(({ name: phase, count, seconds, disk }) => ({ phase, count, seconds, disk })), total };
  };
  const found = { classes, preset: method.preset };
  found.statistics = measured("measure-statistics", { kind: "bank", data, method });
  // What distilling takes an iteration does not depend on how many networks there are.
  const few = { ...method, networks: 2, draws: 1 };
  make("few", { kind: "bank", data, method: few });
  for (const ipc of [1, 10]) {
    const job = { kind: "distill", data, bank: "few", method: { ...few, ipc } };
    found[`ipc${ipc}`] = measured(`measure-ipc${ipc}`, job);
    make(`chosen-${ipc}`, { kind: "select", data, method: { name: "random", ipc } });
    found[`judged${ipc}`] = measured(`measure-judged${ipc}`, { kind: "evaluate", set: `chosen-${ipc}`, networks: 3 });
  }
  found.opening = await openingSpeed(join(work, "cache-real"), run, cwd);
  return found;
}

/** Images a second that a decoded set is opened and hashed with, of many small images: two sizes, what lies between. */
async function openingSpeed(cache, run, cwd) {
  const seconds = [];
  for (const count of OPENED) {
    const folder = join(work, `open-${count}`);
    const jpegs = await noiseJpegs({ width: 8, height: 8, bytes: 300 });
    if (!existsSync(folder)) writeArchives(folder, { classes: 100, train: count / 100 - 1, val: 1, jpegs });
    process.env.DATADAM_CACHE = cache;
    const job = { kind: "data", data: { dataset: "imagenet", dir: folder }, inspect: false };
    writeFileSync(join(cwd, "open.json"), JSON.stringify(job));
    const times = range(3).map(() => {
      rmSync(join(cwd, "opened"), { recursive: true, force: true });
      const began = performance.now();
      must(run("run", "open.json", "--out", "opened", "--quiet"));
      return (performance.now() - began) / 1000;
    });
    // The first one decodes.
    seconds.push(Math.min(...times.slice(1)));
    rmSync(folder, { recursive: true });
  }
  return Math.round((OPENED[1] - OPENED[0]) / (seconds[1] - seconds[0]));
}
