// Gives damaged files to every reader and fails where one crashes, hangs, takes too much memory, writes a file, gives
// what does not fit, or throws anything but a DatadamError. Needs `npm run build`.
//
//   node scripts/fuzz.mjs [--count 1000] [--seed 0] [--only tar,zip] [--first 0] [--workers 1] [--record FILE]
//   node scripts/fuzz.mjs --plant     readers with planted faults: fails where one is not found
//
// The same seed, target and number give the same input. Inputs that found something are kept in .cache/fuzz (--keep).
// Readers run in a process that Node lets write to a temporary folder of its own only.

import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inputOf } from "./fuzz/input.mjs";

const BATCH = 20;
const POLL_SECONDS = 0.5;
const HEAP_MIB = 512;
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

const reports = names.map((name) => {
  const inputs = Math.ceil(Number(flags.count) * (targets[name].share ?? 1));
  return { name, inputs, done: 0, accepted: 0, refused: {}, messages: new Set(), peakMiB: 0, seconds: 0 };
});
const findings = new Map();
// The targets in turn, so that a run that is ended early has seen all of them; a few inputs at once, since waiting for
// an answer costs more than most of them.
const jobs = (function* () {
  const most = Math.max(...reports.map(({ inputs }) => inputs));
  for (let i = 0; i < most; i += BATCH) {
    for (const report of reports) {
      const count = Math.min(BATCH, report.inputs - i);
      if (count > 0) yield { report, indices: Array.from({ length: count }, (_, n) => first + i + n) };
    }
  }
})();

const began = performance.now();
await checkSeeds();
process.on("SIGTERM", () => {
  for (const report of reports) report.inputs = report.done; // tells what was done
  finish();
  process.exit();
});
await Promise.all(Array.from({ length: Number(flags.workers) }, work));
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
  for (const { report, indices } of jobs) {
    const batch = await ask(report, indices);
    if (batch.length === indices.length && batch.every(({ peak }) => peak <= PEAK_BYTES)) {
      for (const [n, index] of indices.entries()) take(report, index, batch[n]);
      continue;
    }
    const before = findings.size;
    const known = [...findings.values()].reduce((sum, { times }) => sum + times, 0);
    for (const index of indices) take(report, index, (await ask(report, [index]))[0]);
    const found = findings.size > before || [...findings.values()].reduce((sum, { times }) => sum + times, 0) > known;
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
  const folder = mkdtempSync(join(tmpdir(), "datadam-fuzz-"));
  const process_ = fork(fileURLToPath(new URL("fuzz/child.mjs", import.meta.url)), [folder, flags.seed, LIST], {
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

function take(report, index, { outcome, code, message, stack, peak = 0 }) {
  report.done++;
  report.peakMiB = Math.max(report.peakMiB, Math.round(peak / 2 ** 20));
  if (outcome === "accepted") report.accepted++;
  else if (outcome === "refused") {
    report.refused[code] = (report.refused[code] ?? 0) + 1;
    report.messages.add(shapeOf(message));
  }
  const kind = peak > PEAK_BYTES ? "memory" : outcome;
  if (kind !== "accepted" && kind !== "refused") note(report, index, { outcome: kind, message, stack });
}

/** Keeps the first input of each kind of finding. */
function note(report, index, { outcome: kind, message, stack }) {
  const key = `${report.name}: ${kind}: ${shapeOf(message ?? "")}`;
  const known = findings.get(key);
  if (known !== undefined) {
    known.times++;
    return;
  }
  findings.set(key, { target: report.name, index, kind, message, times: 1 });
  const path = join(flags.keep, `${report.name}-${flags.seed}-${index}`);
  mkdirSync(flags.keep, { recursive: true });
  writeFileSync(path, inputOf(targets, report.name, flags.seed, index));
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
  const total = Math.round((performance.now() - began) / 1000);
  const rows = reports.map(({ messages, seconds, done: _, ...report }) => ({
    ...report,
    kindsOfMessage: messages.size,
    seconds: Math.round(seconds),
  }));
  for (const { name, inputs, accepted, refused, kindsOfMessage, peakMiB, seconds } of rows) {
    const codes = Object.entries(refused).map(([code, n]) => `${code} ${n}`);
    console.log(
      `${name.padEnd(12)} ${inputs} inputs, ${accepted} accepted, ${codes.join(", ") || "none refused"} ` +
        `(${kindsOfMessage} kinds of message), peak ${peakMiB} MiB, ${seconds} s`,
    );
  }
  const inputs = rows.reduce((sum, row) => sum + row.inputs, 0);
  console.log(`${inputs} inputs, ${findings.size} findings, ${total} s`);
  if (flags.record !== undefined) {
    const record = {
      what: "Damaged files given to every reader: crashes, hangs, memory, stray files, errors that are no DatadamError",
      command: `node scripts/fuzz.mjs ${process.argv.slice(2).join(" ")}`,
      machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version },
      limits: { seconds: SECONDS, heapMiB: HEAP_MIB, peakMiB: PEAK_BYTES / 2 ** 20 },
      inputs,
      seconds: total,
      targets: rows,
      findings: [...findings.values()],
    };
    writeFileSync(flags.record, `${JSON.stringify(record, undefined, 2)}\n`);
  }
  const missing = missed?.([...findings.values()], names) ?? [];
  for (const what of missing) console.log(`not found: ${what}`);
  if (flags.plant ? missing.length > 0 : findings.size > 0) process.exitCode = 1;
}
