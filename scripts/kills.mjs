// Kills every command that writes, at random moments and at each system call that changes the disk, and fails where the
// same command again does not end as if nothing had happened. Needs `npm run build`; Linux, and strace for system calls.
//
//   node scripts/kills.mjs [--count 300] [--seed 0] [--only merge,select] [--record FILE]
//
// Every other kill comes when a system call is begun, the calls in turn; the others at a random moment. The commands
// come in turn too, so that a run that is ended early has seen all of them. The record grows, and the same command goes
// on from there. The same seed gives the same plan. What was found is kept in .cache/kills (--keep).

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"; // biome-ignore format: a list
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { crc32 } from "node:zlib";
import { encodeNpz } from "../dist/formats/index.js";

const CALLS = ["openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "link", "unlink", "mkdir", "rmdir"]; // biome-ignore format: a list
/** Keys of records that are others each time. */
const TIMES = new Set(["claim", "time", "created", "seconds", "secondsPerDraw", "secondsPerTraining", "loss", "losses"]); // biome-ignore format: a list
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const TINY = ["--dataset", "tiny.npz"];
const ALONE = ["--workers", "1", "--quiet"];
const CONFIG = ["--set", "width=4", "--set", "depth=1", "--set", "batchReal=4"];
const METHOD = ["--preset", "quick", "--ipc", "1", ...CONFIG];
const DISTILL = ["distill", ...TINY, ...METHOD, "--iterations", "3", "--checkpoint-every", "1", ...ALONE];
const RUN = { prepare: tiny, needs: [[...DISTILL, "--out", "run"]] };
const EVALUATE = ["--networks", "2", "--no-random", ...ALONE];

/** Each makes what it needs once (`prepare`, then `needs`), and is then killed. Names of what it writes are no matter. */
const commands = {
  distill: { prepare: tiny, words: [...DISTILL, "--out", "run"] },
  bank: { prepare: tiny, words: ["bank", ...TINY, "--networks", "2", "--draws", "1", ...CONFIG, ...ALONE, "--out", "b"] }, // biome-ignore format: a list
  "bank-trained": { prepare: tiny, words: ["bank", ...TINY, "--networks", "2", "--draws", "1", "--epochs", "2", "--snapshots", "0,1,2", ...CONFIG, "--checkpoint-every", "1", ...ALONE, "--out", "b"] }, // biome-ignore format: a list
  "distill-bank": { prepare: tiny, words: ["distill", ...TINY, "--preset", "bank", "--ipc", "1", ...CONFIG, "--networks", "2", "--iterations", "2", "--checkpoint-every", "1", ...ALONE, "--out", "run"] }, // biome-ignore format: a list
  train: { prepare: tiny, words: ["train", ...TINY, "--width", "4", "--epochs", "2", "--batch", "8", "--checkpoint-every", "1", ...ALONE, "--out", "trained"] }, // biome-ignore format: a list
  evaluate: { ...RUN, words: ["evaluate", "run", ...EVALUATE] },
  "evaluate-file": {
    prepare: tiny,
    needs: [...RUN.needs, ["export", "run", "--to", "npz", "--out", "set.npz", "--quiet"]],
    words: ["evaluate", "set.npz", ...TINY, ...EVALUATE],
  },
  select: { prepare: tiny, words: ["select", ...TINY, "--method", "herding", "--features", "pixels", "--ipc", "1", "--quiet", "--out", "sel"] }, // biome-ignore format: a list
  merge: {
    prepare: tiny,
    needs: [
      [...DISTILL, "--classes", "0", "--out", "s1"],
      [...DISTILL, "--classes", "1-2", "--out", "s2"],
    ],
    words: ["merge", "s1", "s2", "--quiet", "--out", "m"],
  },
  ...Object.fromEntries(
    ["png", "safetensors", "npz", "pt"].map((to) => [
      `export-${to}`,
      { ...RUN, words: ["export", "run", "--to", to, "--out", `out/set${to === "png" ? "" : `.${to}`}`, "--quiet"] },
    ]),
  ),
  "export-onnx": { ...RUN, words: ["export", "run", "--to", "onnx", "--workers", "1", "--quiet"] },
  table: { prepare: plan, words: ["table", "plan.json", ...ALONE] },
  nas: { prepare: tiny, words: ["nas", ...TINY, "--proxy", "random", "--ipc", "1", "--sample", "3", "--epochs", "1", ...ALONE, "--out", "ranks"] }, // biome-ignore format: a list
  continual: { prepare: tiny, words: ["continual", ...TINY, "--method", "random,herding", "--steps", "3", "--memory", "1", "--orders", "1", "--networks", "1", "--epochs", "2", ...ALONE, "--out", "memories"] }, // biome-ignore format: a list
  replay: { ...RUN, words: ["replay", "--set", "run", "--stream", "tiny.npz", "--batch", "4", "--points", "3", ...ALONE, "--out", "stream"] }, // biome-ignore format: a list
  "data-add": { prepare: mnist, words: ["data", "add", "mnist", "raw", "--quiet"] },
  "data-store": { prepare: pictures, words: ["data", "info", "set", "--size", "64", "--store", "disk", "--quiet"] },
  "data-preview": { words: ["data", "preview", "builtin", "--out", "pictures/p.png", "--quiet"] },
};

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "300" },
    seed: { type: "string", default: "0" },
    only: { type: "string" },
    record: { type: "string" },
    keep: { type: "string", default: fileURLToPath(new URL("../.cache/kills", import.meta.url)) },
  },
});
const names = flags.only?.split(",") ?? Object.keys(commands);
const unknown = names.find((name) => !Object.hasOwn(commands, name));
if (unknown !== undefined) throw new Error(`There is no command "${unknown}": ${Object.keys(commands).join(", ")}`);
const traced = spawnSync("strace", ["-V"]).status === 0;
if (!traced) process.stdout.write("no strace here: all kills come at random moments\n");

const began = performance.now();
// In memory where there is such a place: making files last takes most of the time, and what a kill leaves is the same.
const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "datadam-kills-"));
// One path for all attempts: some names are made of it.
const place = join(root, "place");
const command = ["node scripts/kills.mjs", ...process.argv.slice(2)].join(" ");
const before = recorded();
const reports = names.map(
  (name) =>
    before?.commands.find((report) => report.name === name) ?? {
      ...{ name, tried: 0, kills: 0, atCalls: {}, atRandom: 0, finishedBefore: 0, faults: [] },
    },
);
// Ended early, it tells what was done.
let stopped = false;
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => (stopped = true));
const subjects = new Map();
try {
  for (let round = Math.min(...reports.map(({ tried }) => tried)); !stopped && kills() < Number(flags.count); round++) {
    for (const report of reports.filter(({ tried }) => tried <= round)) {
      // Signals have their turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (stopped || kills() >= Number(flags.count)) break;
      if (!subjects.has(report.name)) subjects.set(report.name, await subject(report.name));
      await killOnce(report, subjects.get(report.name));
      writeRecord();
    }
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
finish();

function kills() {
  return reports.reduce((sum, report) => sum + report.kills, 0);
}

/** A command with what it starts from, what it leaves undisturbed, and the calls at which it may be killed. */
async function subject(name) {
  const command = commands[name];
  const start = join(root, name);
  prepare(command, start);
  const whole = await undisturbed(command, start);
  return { command, start, whole, calls: traced ? callsOf(command, start) : [] };
}

/** Kills a command once more, and gives it again. */
async function killOnce(report, { command, start, whole, calls }) {
  const { name, tried } = report;
  const random = generator(Number(flags.seed) * 1000 + crc32(name) + tried);
  fresh(start);
  const numbers = calls.length > 0 && tried % 2 === 0 ? calls[(tried / 2) % calls.length] : undefined;
  const point = numbers && [numbers[0], numbers[1][Math.floor(random() * numbers[1].length)]];
  const how = point === undefined ? `after ${Math.round(random() * whole.milliseconds)} ms` : point.join(" ");
  const died = point === undefined ? await killAfter(command, Number(how.split(" ")[1])) : killAt(command, point);
  report.tried++;
  if (!died) report.finishedBefore++;
  else {
    report.kills++;
    if (point === undefined) report.atRandom++;
    else report.atCalls[point[0]] = (report.atCalls[point[0]] ?? 0) + 1;
  }
  const fault = again(command, whole.content);
  process.stdout.write(
    `${kills()} ${name}, ${died ? "killed" : "finished before"} ${how}${fault ? `: FAULT ${fault}` : ""}\n`,
  );
  if (fault === undefined) return;
  report.faults.push({ how, fault });
  keep(name, tried);
}

/** What is wrong after the same command was given again; undefined where nothing is. */
function again(command, expected) {
  const { status, stderr } = run(command.words);
  if (status !== 0) return `the same command again ends with ${status}: ${stderr.trim().split("\n")[0]}`;
  const found = contentOf(place);
  const paths = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  const differing = paths.filter((path) => expected[path] !== found[path]);
  if (differing.length === 0) return undefined;
  const words = differing.map((path) => `${path} (${path in found ? (path in expected ? "another" : "left over") : "missing"})`); // biome-ignore format: short
  return words.slice(0, 4).join(", ");
}

async function undisturbed(command, start) {
  fresh(start);
  const before = performance.now();
  const { status, stderr } = run(command.words);
  if (status !== 0) throw new Error(`${command.words.join(" ")} fails by itself: ${stderr}`);
  return { content: contentOf(place), milliseconds: performance.now() - before };
}

/** Which calls change the disk, each with the numbers at which a thread comes to it. */
function callsOf(command, start) {
  fresh(start);
  const trace = join(root, "trace");
  strace(["-y", "--seccomp-bpf", "-o", trace, "-e", `trace=${CALLS.join()}`], command.words);
  const counts = new Map();
  const points = new Map();
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    const [, thread, call, rest] = /^(\d+)\s+(\w+)\((.*)/.exec(line) ?? [];
    if (call === undefined) continue;
    const key = `${thread} ${call}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    // Of files below the place alone: no pipes, no terminal.
    if (rest.includes(place) && (call !== "openat" || rest.includes("O_CREAT"))) {
      if (!points.has(call)) points.set(call, new Set());
      points.get(call).add(counts.get(key));
    }
  }
  return [...points].map(([call, numbers]) => [call, [...numbers]]);
}

function killAt({ words }, [call, number]) {
  const trace = ["-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${number}`];
  return strace(trace, words).signal === "SIGKILL";
}

function strace(options, words) {
  const made = spawnSync("strace", ["-f", ...options, process.execPath, MAIN, ...words], surroundings());
  // strace ends as the program did.
  return { ...made, signal: made.signal ?? (made.status === 137 ? "SIGKILL" : null) };
}

function killAfter({ words }, milliseconds) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...words], surroundings());
    const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    child.on("close", (_, signal) => {
      clearTimeout(timer);
      resolve(signal === "SIGKILL");
    });
  });
}

function run(words) {
  return spawnSync(process.execPath, [MAIN, ...words], { ...surroundings(), encoding: "utf8", stdio: "pipe" });
}

/** One thread for files, so that calls come in one order. */
function surroundings() {
  const own = { UV_THREADPOOL_SIZE: "1", DATADAM_CACHE: join(place, "cache"), DATADAM_PLACES: join(place, "config/places.json") }; // biome-ignore format: short
  return { cwd: place, env: { ...process.env, ...own }, stdio: "ignore" };
}

function prepare({ needs = [], prepare: make }, start) {
  mkdirSync(start);
  fresh(start);
  make?.(place);
  for (const words of needs) {
    const { status, stderr } = run(words);
    if (status !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  }
  cpSync(place, start, { recursive: true, preserveTimestamps: true });
}

function fresh(start) {
  rmSync(place, { recursive: true, force: true });
  cpSync(start, place, { recursive: true, preserveTimestamps: true });
}

function keep(name, number) {
  const kept = join(flags.keep, `${name}-${number}`);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(flags.keep, { recursive: true });
  cpSync(place, kept, { recursive: true });
}

/** Digests of all files by path, without what tells of times and claims. */
function contentOf(folder, prefix = "") {
  const found = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (name === "claims" || name === "events.jsonl") continue;
    if (statSync(path).isDirectory()) {
      // An empty folder counts: nothing may be left over.
      if (readdirSync(path).length === 0) found[`${prefix}${name}/`] = "empty";
      Object.assign(found, contentOf(path, `${prefix}${name}/`));
    } else found[prefix + name.replace(/(state-\d+)\.\d+/, "$1")] = digest(name, readFileSync(path));
  }
  return found;
}

function digest(name, bytes) {
  let text = bytes;
  // Sums of JSON files hold times as those do, which are compared themselves.
  const isTime = (key, value) => TIMES.has(key) || /Seconds$/.test(key) || (/\.json$/.test(key) && isSum(value));
  const parsed = (line) => JSON.stringify(JSON.parse(line, (key, value) => (isTime(key, value) ? undefined : value)));
  if (name.endsWith(".json")) text = parsed(bytes.toString());
  else if (name.endsWith(".jsonl")) text = bytes.toString().trim().split("\n").map(parsed).join("\n");
  else if (name.startsWith("state-")) text = stateOf(bytes);
  return createHash("sha256").update(text).digest("hex");
}

function isSum(value) {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** A checkpoint without the seconds that it took: that of a training says how many. */
function stateOf(bytes) {
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, end));
  const { facts, checksum: _, ...metadata } = header.__metadata__;
  const told = { ...JSON.parse(facts), seconds: undefined };
  return JSON.stringify({ ...header, __metadata__: metadata, told }) + bytes.toString("latin1", end);
}

/** Three classes of small grey images: eight each to train on, two to test on. */
function tiny(folder) {
  const part = (count, shade) => ({
    images: { dtype: "u1", shape: [3 * count, 8, 8], data: Uint8Array.from({ length: 192 * count }, (_, i) => (i * shade + 40 * (Math.floor(i / 64) % 3)) % 251) }, // biome-ignore format: one object
    labels: { dtype: "u1", shape: [3 * count], data: Uint8Array.from({ length: 3 * count }, (_, i) => i % 3) },
  });
  const [train, test] = [part(8, 7), part(2, 11)];
  const arrays = { x_train: train.images, y_train: train.labels, x_test: test.images, y_test: test.labels };
  writeFileSync(join(folder, "tiny.npz"), encodeNpz(arrays));
}

/** A table of two rows of them. */
function plan(folder) {
  tiny(folder);
  const table = {
    ...{ title: "Tiny", dataset: "tiny.npz", networks: 1, epochs: 1, config: { width: 4, depth: 1, batchReal: 4, iterations: 2 } }, // biome-ignore format: one object
    columns: [{ name: "IPC 1", ipc: 1 }],
    rows: [
      { name: "Random", select: "random" },
      { name: "DataDAM", distill: "datadam" },
    ],
  };
  writeFileSync(join(folder, "plan.json"), JSON.stringify(table));
}

/** MNIST as published, but with ten images in a part. */
function mnist(folder) {
  const set = join(folder, "raw");
  mkdirSync(set);
  const idx = (magic, sizes, bytes) => {
    const header = Buffer.alloc(4 + 4 * sizes.length);
    for (const [i, value] of [magic, ...sizes].entries()) header.writeUInt32BE(value, 4 * i);
    return Buffer.concat([header, bytes]);
  };
  for (const part of ["train", "t10k"]) {
    writeFileSync(join(set, `${part}-images-idx3-ubyte`), idx(0x803, [10, 28, 28], Buffer.alloc(7840, 9)));
    writeFileSync(join(set, `${part}-labels-idx1-ubyte`), idx(0x801, [10], Buffer.from([...Array(10).keys()])));
  }
}

/** Two classes of PNG files, out of the package's own images, enough for several steps of the cache. */
function pictures(folder) {
  const made = run(["data", "preview", "builtin", "--out", "one.png", "--per-class", "1", "--quiet"]);
  if (made.status !== 0) throw new Error(made.stderr);
  const bytes = readFileSync(join(folder, "one.png"));
  rmSync(join(folder, "one.png"));
  for (let i = 0; i < 900; i++) {
    const at = join(folder, "set", "ab"[i % 2]);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, `${i}.png`), bytes);
  }
}

/** mulberry32: numbers in [0, 1). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function writeRecord() {
  if (flags.record === undefined) return;
  const record = {
    what: "Commands killed at random moments and at system calls, given again, and compared with one that was never killed",
    command,
    machine: { cpu: cpus()[0].model.trim().replace(/ \d.*/, ""), cores: cpus().length, node: process.version },
    kills: kills(),
    seconds: Math.round((before?.seconds ?? 0) + (performance.now() - began) / 1000),
    commands: reports,
    note: before?.note,
    earlier: before?.earlier,
  };
  // Whole or as it was.
  writeFileSync(`${flags.record}.partial`, `${JSON.stringify(record, undefined, 1)}\n`);
  renameSync(`${flags.record}.partial`, flags.record);
}

/** What the same command has written down. */
function recorded() {
  if (flags.record === undefined || !existsSync(flags.record)) return undefined;
  const known = JSON.parse(readFileSync(flags.record, "utf8"));
  return known.command === command ? known : undefined;
}

function finish() {
  const faults = reports.reduce((sum, report) => sum + report.faults.length, 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${kills()} kills of ${reports.length} commands in ${seconds} s: ${faults} faults\n`);
  writeRecord();
  if (existsSync(flags.keep) && faults > 0) process.stdout.write(`kept in ${flags.keep}\n`);
  process.exitCode = faults === 0 ? 0 : 1;
}
