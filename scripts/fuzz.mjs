// Gives damaged files to every reader and fails where one crashes, hangs, takes too much memory, writes a file, gives
// what does not fit, or throws anything but a DatadamError. Needs `npm run build`.
//
//   node scripts/fuzz.mjs [--count 1000] [--seed 0] [--only tar,zip] [--first 0] [--workers 1] [--record FILE]
//   node scripts/fuzz.mjs --structure     every input is whole as bytes and hostile in structure, instead of half of them
//   node scripts/fuzz.mjs --plant         readers with planted faults: fails where one is not found
//
// The same seed, target and number give the same input. Inputs that found something are kept in .cache/fuzz (--keep).
// The record grows as the run goes on, and the same command goes on from there.
// Readers run in a process that Node lets write to a temporary folder of its own only.

import { fork } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"; // biome-ignore format: a list
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inputOf } from "./fuzz/input.mjs";

const BATCH = 20;
const RECORD_SECONDS = 30;
const POLL_SECONDS = 0.5;
const HEAP_MIB = 512;
/** Files that are in memory alone: making a file last takes more time than reading it. */
const MEMORY = "/dev/shm";
const PEAK_BYTES = 2 ** 30;

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "0" },
    only: { type: "string" },
    first: { type: "string", default: "0" },
    workers: { type: "string", default: "1" },
    record: { type: "string" },
    seconds: { type: "string", default: "5" }, // for one input: of the processor, where the system tells, so that a busy machine makes no hang
    keep: { type: "string", default: fileURLToPath(new URL("../.cache/fuzz", import.meta.url)) },
    plant: { type: "boolean", default: false },
    structure: { type: "boolean", default: false },
  },
});
const SECONDS = Number(flags.seconds);
const IDLE_SECONDS = 2 * SECONDS; // of waiting, by all its threads
const LIST = new URL(flags.plant ? "fuzz/planted.mjs" : "fuzz/targets.mjs", import.meta.url).href;
const { targets, missed } = await import(LIST);
const first = Number(flags.first);
const names = flags.only?.split(",") ?? Object.keys(targets);
const unknown = names.find((name) => !Object.hasOwn(targets, name));
if (unknown !== undefined) throw new Error(`There is no target "${unknown}": ${Object.keys(targets).join(", ")}`);

const command = `node scripts/fuzz.mjs ${process.argv.slice(2).join(" ")}`;
const before = recorded();
const reports = names.map((name) => {
  const inputs = Math.ceil(Number(flags.count) * (targets[name].share ?? 1));
  const report = { name, inputs, done: 0, accepted: 0, refused: {}, messages: new Set(), peakMiB: 0, seconds: 0 };
  // Answers that came before those of lower numbers.
  const early = new Map();
  const known = before?.targets.find((target) => target.name === name);
  if (known === undefined) return { ...report, early };
  const { inputs: done, messages, ...rest } = known;
  return { ...report, ...rest, done, messages: new Set(messages), early };
});
const findings = new Map(before?.findings.map((finding) => [keyOf(finding), finding]));
// The targets in turn, so that a run that is ended early has seen all of them; a few inputs at once, since waiting for
// an answer costs more than most of them.
const jobs = (function* () {
  const begun = reports.map(({ done }) => done);
  const most = Math.max(...reports.map(({ inputs }) => inputs));
  for (let i = 0; i < most; i += BATCH) {
    for (const [n, report] of reports.entries()) {
      const from = Math.max(i, begun[n]);
      const count = Math.min(i + BATCH, report.inputs) - from;
      if (count > 0) yield { report, at: from, indices: Array.from({ length: count }, (_, k) => first + from + k) };
    }
  }
})();

const began = performance.now();
await checkSeeds();
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    finish();
    process.exit();
  });
}
const writing = setInterval(record, 1000 * RECORD_SECONDS);
await Promise.all(Array.from({ length: Number(flags.workers) }, work));
clearInterval(writing);
finish();

/**
 * Takes jobs until there are none, in one child after the other. Where a batch fails, its inputs are read one by one.
 */
async function work() {
  let child;
  const ask = async (report, indices) => {
    child ??= await start();
    const before = performance.now();
    const answer = await child.ask({ target: report.name, indices });
    report.seconds += (performance.now() - before) / 1000;
    const results = answer.results ?? [answer];
    if (answer.results === undefined || results.some(({ peak }) => peak > PEAK_BYTES)) {
      child.stop();
      child = undefined;
    }
    return results;
  };
  for (const { report, at, indices } of jobs) {
    const batch = await ask(report, indices);
    if (batch.length === indices.length && batch.every(({ peak }) => peak <= PEAK_BYTES)) {
      takeInOrder(report, at, indices, batch);
      continue;
    }
    const answers = [];
    for (const index of indices) answers.push((await ask(report, [index]))[0]);
    const found = answers.some((answer) => !["accepted", "refused"].includes(kindOf(answer)));
    takeInOrder(report, at, indices, answers);
    // What takes several inputs to happen. Slow inputs together are no hang, and many together no large one.
    if (!found && batch.length < indices.length && batch[0].outcome !== "hang") {
      note(report, indices[0], {
        ...batch[0],
        message: `${batch[0].message} (inputs ${indices[0]} to ${indices.at(-1)} together)`,
      });
    }
  }
  child?.stop();
}

/** A target that refuses every file it starts from would find nothing. */
async function checkSeeds() {
  const child = await start();
  for (const { name } of reports) {
    const { results = [] } = await child.ask({ target: name });
    if (!results.some(({ outcome }) => outcome === "accepted")) {
      throw new Error(`The target "${name}" accepts none of its own files: ${JSON.stringify(results[0])}`);
    }
  }
  child.stop();
}

async function start() {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "datadam-fuzz-"));
  const words = [folder, flags.seed, LIST, String(flags.structure)];
  const process_ = fork(fileURLToPath(new URL("fuzz/child.mjs", import.meta.url)), words, {
    cwd: folder,
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, ...confinement(folder)],
    env: { ...process.env, TMPDIR: folder, HOME: folder },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  process_.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-2000);
  });
  const next = () =>
    new Promise((resolve) => {
      const done = (answer) => {
        clearInterval(timer);
        process_.off("message", done);
        process_.off("exit", ended);
        resolve(answer);
      };
      const ended = (code, signal) => done({ outcome: "crash", message: `exit ${code ?? signal}`, stack: errors });
      const cpu = cpuSeconds(process_.pid);
      let idle = 0;
      const timer = setInterval(() => {
        if (!isRunning(process_.pid)) idle += POLL_SECONDS;
        const used = (cpuSeconds(process_.pid) ?? 0) - (cpu ?? 0);
        if (used > SECONDS || idle > IDLE_SECONDS) done({ outcome: "hang", message: "no answer in time" });
      }, 1000 * POLL_SECONDS);
      process_.on("message", done).on("exit", ended);
    });
  const ready = await next();
  if (ready.outcome !== "ready") throw new Error(`The child does not start: ${ready.stack ?? ready.message}`);
  return {
    ask(job) {
      const answer = next();
      process_.send(job);
      return answer;
    },
    stop() {
      process_.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Node's permissions: reading anywhere, writing below `folder`, native code for the image library. */
function confinement(folder) {
  const flag = ["--permission", "--experimental-permission"].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  const permissions = ["--allow-fs-read=*", `--allow-fs-write=${folder}`, "--allow-addons", "--allow-worker"];
  return [flag, ...permissions, "--disable-warning=ExperimentalWarning", "--disable-warning=SecurityWarning"];
}

/**
 * Whether a thread of a process runs, would run if it were its turn, or reads from the disk. Never, where there is no
 * /proc.
 */
function isRunning(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.some((thread) => /^[RD]/.test(statOf(`${pid}/task/${thread}`)));
  } catch {
    return false;
  }
}

/** What the system says of a process, from its state on. */
function statOf(path) {
  return readFileSync(`/proc/${path}/stat`, "utf8").split(") ")[1];
}

/** Processor time of a process, where there is /proc. */
function cpuSeconds(pid) {
  try {
    const fields = statOf(pid).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/** What an answer is, memory included. */
function kindOf({ outcome, peak = 0 }) {
  return peak > PEAK_BYTES ? "memory" : outcome;
}

/** Takes the answers of a batch, and counts them once all lower numbers are counted: from there a run goes on. */
function takeInOrder(report, at, indices, answers) {
  report.early.set(at, [indices, answers]);
  for (let next = report.early.get(report.done); next !== undefined; next = report.early.get(report.done)) {
    report.early.delete(report.done);
    for (const [n, index] of next[0].entries()) take(report, index, next[1][n]);
  }
}

function take(report, index, answer) {
  const { outcome, code, message, stack, peak = 0 } = answer;
  report.done++;
  report.peakMiB = Math.max(report.peakMiB, Math.round(peak / 2 ** 20));
  if (outcome === "accepted") report.accepted++;
  else if (outcome === "refused") {
    report.refused[code] = (report.refused[code] ?? 0) + 1;
    report.messages.add(shapeOf(message));
  }
  const kind = kindOf(answer);
  if (kind !== "accepted" && kind !== "refused") note(report, index, { outcome: kind, message, stack });
}

function keyOf({ target, kind, message }) {
  return `${target}: ${kind}: ${shapeOf(message ?? "")}`;
}

/** Keeps the first input of each kind of finding. */
function note(report, index, { outcome: kind, message, stack }) {
  const key = keyOf({ target: report.name, kind, message });
  const known = findings.get(key);
  if (known !== undefined) {
    known.times++;
    return;
  }
  findings.set(key, { target: report.name, index, kind, message, times: 1 });
  const path = join(flags.keep, `${report.name}-${flags.seed}-${index}`);
  mkdirSync(flags.keep, { recursive: true });
  writeFileSync(path, inputOf(targets, report.name, flags.seed, index, flags.structure));
  console.error(`${key}\n  input ${index}, kept in ${path}\n${stack ?? ""}`);
}

/** A message without what it quotes and counts. */
function shapeOf(message) {
  return message
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/-?\d+(\.\d+)?/g, "0")
    .slice(0, 100);
}

function finish() {
  const { inputs, targets: rows, seconds: total } = record();
  for (const { name, inputs, accepted, refused, messages, peakMiB, seconds } of rows) {
    const codes = Object.entries(refused).map(([code, n]) => `${code} ${n}`);
    console.log(
      `${name.padEnd(12)} ${inputs} inputs, ${accepted} accepted, ${codes.join(", ") || "none refused"} ` +
        `(${messages.length} kinds of message), peak ${peakMiB} MiB, ${Math.round(seconds)} s`,
    );
  }
  console.log(`${inputs} inputs, ${findings.size} findings, ${total} s`);
  const missing = missed?.([...findings.values()], names) ?? [];
  for (const what of missing) console.log(`not found: ${what}`);
  if (flags.plant ? missing.length > 0 : findings.size > 0) process.exitCode = 1;
}

/** Writes down what was done so far, and gives it. */
function record() {
  const rows = reports.map(({ name, done, accepted, refused, messages, peakMiB, seconds }) => {
    return { name, inputs: done, accepted, refused, messages: [...messages], peakMiB, seconds: Math.round(seconds) };
  });
  const so = {
    what: "Damaged files given to every reader: crashes, hangs, memory, stray files, errors that are no DatadamError",
    command,
    machine: { cpu: cpus()[0].model.trim().replace(/ \d.*/, ""), cores: cpus().length, node: process.version },
    limits: { seconds: SECONDS, heapMiB: HEAP_MIB, peakMiB: PEAK_BYTES / 2 ** 20 },
    inputs: rows.reduce((sum, row) => sum + row.inputs, 0),
    seconds: Math.round((before?.seconds ?? 0) + (performance.now() - began) / 1000),
    targets: rows,
    findings: [...findings.values()],
  };
  if (flags.record !== undefined) {
    // Whole or as it was.
    writeFileSync(`${flags.record}.partial`, `${JSON.stringify(so, undefined, 1)}\n`);
    renameSync(`${flags.record}.partial`, flags.record);
  }
  return so;
}

/** What the same command has written down. */
function recorded() {
  if (flags.record === undefined || !existsSync(flags.record)) return undefined;
  const known = JSON.parse(readFileSync(flags.record, "utf8"));
  return known.command === command ? known : undefined;
}
