// Kills every command that writes, at random moments and at each system call that changes the disk, and fails where the
// same command again does not end as if nothing had happened. Needs `npm run build`; Linux, and strace for system calls.
//
//   node scripts/kills.mjs [--count 300] [--seed 0] [--only merge,select] [--record FILE]
//
// Half of the kills come when a system call is begun, each number of each call in turn where there are enough of them;
// the others at a random moment. The same seed gives the same plan. What was found is kept in .cache/kills (--keep).

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"; // biome-ignore format: a list
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const CALLS = ["openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "link", "unlink", "mkdir", "rmdir"]; // biome-ignore format: a list
/** Keys of records that are others each time. */
const TIMES = new Set(["claim", "time", "created", "seconds", "wholeSeconds", "loss", "losses"]);
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const SMALL = ["--set", "width=4", "--set", "batchReal=4", "--workers", "1", "--quiet"];
const DISTILL = ["distill", "--ipc", "1", "--iterations", "3", "--checkpoint-every", "1", ...SMALL];
const BANK = ["bank", "--networks", "2", "--draws", "1", "--set", "width=4", "--set", "batchReal=4", "--workers", "1", "--quiet"]; // biome-ignore format: a list

/** Each makes what it needs once (`needs`), and is then killed. Names of what it writes are no matter. */
const commands = {
  distill: { words: [...DISTILL, "--out", "run"] },
  train: {
    words: ["train", "--width", "4", "--epochs", "1", "--batch", "400", "--checkpoint-every", "1", "--workers", "1", "--quiet", "--out", "trained"], // biome-ignore format: a list
  },
  select: { words: ["select", "--method", "herding", "--features", "pixels", "--ipc", "1", "--quiet", "--out", "sel"] },
  merge: {
    needs: [
      [...DISTILL, "--classes", "0-4", "--out", "s1"],
      [...DISTILL, "--classes", "5-9", "--out", "s2"],
    ],
    words: ["merge", "s1", "s2", "--quiet", "--out", "m"],
  },
  evaluate: {
    needs: [[...DISTILL, "--out", "run"]],
    words: ["evaluate", "run", "--networks", "2", "--no-random", "--workers", "1", "--quiet"],
  },
  "evaluate-file": {
    needs: [
      [...DISTILL, "--out", "run"],
      ["export", "run", "--to", "npz", "--out", "set.npz", "--quiet"],
    ],
    words: ["evaluate", "set.npz", "--dataset", "builtin", "--networks", "1", "--no-random", "--workers", "1", "--quiet"], // biome-ignore format: a list
  },
  "export-png": {
    needs: [[...DISTILL, "--out", "run"]],
    words: ["export", "run", "--to", "png", "--out", "pictures", "--quiet"],
  },
  "export-npz": {
    needs: [[...DISTILL, "--out", "run"]],
    words: ["export", "run", "--to", "npz", "--out", "out/set.npz", "--quiet"],
  },
  "export-onnx": {
    needs: [[...DISTILL, "--out", "run"]],
    words: ["export", "run", "--to", "onnx", "--workers", "1", "--quiet"],
  },
  "data-add": { prepare: mnist, words: ["data", "add", "mnist", "raw", "--quiet"] },
  "data-store": { prepare: pictures, words: ["data", "info", "set", "--size", "64", "--store", "disk", "--quiet"] },
  "data-preview": { words: ["data", "preview", "builtin", "--out", "pictures/p.png", "--quiet"] },
  bank: { words: [...BANK, "--out", "b"] },
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
const root = mkdtempSync(join(tmpdir(), "datadam-kills-"));
// One path for all attempts: some names are made of it.
const place = join(root, "place");
const random = generator(Number(flags.seed));
const reports = [];
// Ended early, it tells what was done.
let stopped = false;
process.on("SIGTERM", () => {
  stopped = true;
});
try {
  const each = Math.ceil(Number(flags.count) / names.length);
  for (const name of names) if (!stopped) reports.push(await killed(name, commands[name], each));
} finally {
  rmSync(root, { recursive: true, force: true });
}
finish();

/** Kills a command so many times. */
async function killed(name, command, count) {
  const start = join(root, name);
  prepare(command, start);
  const whole = await undisturbed(command, start);
  const points = traced ? spread(callsOf(command, start), Math.floor(count / 2)) : [];
  const report = { name, kills: 0, atCalls: {}, atRandom: 0, finishedBefore: 0, faults: [] };
  for (let i = 0; i < count && !stopped; i++) {
    // Signals have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    fresh(start);
    const point = points[i];
    const how = point === undefined ? `after ${Math.round(random() * whole.milliseconds)} ms` : point.join(" ");
    const died = point === undefined ? await killAfter(command, Number(how.split(" ")[1])) : killAt(command, point);
    if (!died) report.finishedBefore++;
    else if (point === undefined) report.atRandom++;
    else report.atCalls[point[0]] = (report.atCalls[point[0]] ?? 0) + 1;
    if (died) report.kills++;
    const fault = again(command, whole.content);
    if (fault === undefined) continue;
    report.faults.push({ how, fault });
    process.stdout.write(`FAULT ${name}, killed ${how}: ${fault}\n`);
    keep(name, i);
  }
  process.stdout.write(`${name}: ${report.kills} kills, ${report.faults.length} faults\n`);
  return report;
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

/** How often each thread comes to each call: [call, number], those that open to read left out. */
function callsOf(command, start) {
  fresh(start);
  const trace = join(root, "trace");
  strace(["-o", trace, "-e", `trace=${CALLS.join()}`], command.words);
  const counts = new Map();
  const points = new Map();
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    const [, thread, call, rest] = /^(\d+)\s+(\w+)\((.*)/.exec(line) ?? [];
    if (call === undefined) continue;
    const key = `${thread} ${call}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const changes = call === "openat" ? /O_CREAT/.test(rest) : call !== "write" || !/^[12],/.test(rest);
    if (changes && /write|open|trunc|sync|"/.test(call + rest))
      points.set(`${call} ${counts.get(key)}`, [call, counts.get(key)]);
  }
  return [...points.values()];
}

/** So many of the points, evenly. */
function spread(points, count) {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, i) => points[Math.floor(((i + random()) * points.length) / count)]);
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
  const parsed = (line) => JSON.stringify(JSON.parse(line, (key, value) => (TIMES.has(key) ? undefined : value)));
  if (name.endsWith(".json")) text = parsed(bytes.toString());
  else if (name.endsWith(".jsonl")) text = bytes.toString().trim().split("\n").map(parsed).join("\n");
  else if (name.startsWith("state-")) text = stateOf(bytes);
  return createHash("sha256").update(text).digest("hex");
}

/** A checkpoint without the seconds that it took: that of a training says how many. */
function stateOf(bytes) {
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, end));
  const { facts, checksum: _, ...metadata } = header.__metadata__;
  const told = { ...JSON.parse(facts), seconds: undefined };
  return JSON.stringify({ ...header, __metadata__: metadata, told }) + bytes.toString("latin1", end);
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

function finish() {
  const kills = reports.reduce((sum, report) => sum + report.kills, 0);
  const faults = reports.reduce((sum, report) => sum + report.faults.length, 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${kills} kills of ${reports.length} commands in ${seconds} s: ${faults} faults\n`);
  if (flags.record !== undefined) {
    const record = {
      what: "Commands killed at random moments and at system calls, given again, and compared with one that was never killed",
      command: ["node scripts/kills.mjs", ...process.argv.slice(2)].join(" "),
      machine: { cpu: cpus()[0].model.trim().replace(/ \d.*/, ""), cores: cpus().length, node: process.version },
      kills,
      seconds,
      commands: reports,
    };
    writeFileSync(flags.record, `${JSON.stringify(record, undefined, 2)}\n`);
  }
  if (existsSync(flags.keep) && faults > 0) process.stdout.write(`kept in ${flags.keep}\n`);
  process.exitCode = faults === 0 ? 0 : 1;
}
