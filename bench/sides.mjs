// What the benchmarks against PyTorch share: two processes that answer lines, measured alternately, and what is
// recorded of the machine.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

export function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

/** A child process that answers each line with a line of JSON. */
class Server {
  constructor(command, args, env = {}) {
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
    this.name = [command, ...args].slice(0, 2).join(" ");
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => {
      this.child.once("close", resolve);
      this.child.once("error", (error) => resolve(error.message));
    });
  }

  async read() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} ended: ${await this.ended}`);
    return JSON.parse(value);
  }

  ask(line) {
    this.child.stdin.write(`${line}\n`);
    return this.read();
  }

  async close() {
    this.child.stdin.end();
    await this.ended;
  }
}

/** The version of PyTorch; undefined, with a warning, where there is none. */
export function torchVersion() {
  const probe = spawnSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" });
  if (probe.status === 0) return probe.stdout.trim();
  console.error(
    `bench: ${python} has no PyTorch: measuring ours alone. ` +
      "Install it (Debian: apt install python3-torch) or set PYTHON.",
  );
  return undefined;
}

/** Processor seconds that all processes of the machine have used. */
function busySeconds() {
  return cpus().reduce((total, { times }) => total + times.user + times.nice + times.sys, 0) / 1000;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * glibc told to keep what is freed. By default it gives large arrays back to the system, and PyTorch, which asks for
 * them anew in every step, has each page of them faulted in and zeroed again.
 */
const KEEPING = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: String(2 ** 36) };

/**
 * Medians of what `line` takes on both sides, each in a fresh process that has warmed up, in alternation; `kept`: of
 * the reference with an allocator that keeps its memory.
 *
 * @param options arguments of both; `reference` further ones of reference.py, undefined to leave it out; `alone` a line
 *   of ours that takes a part of the work, measured along with the rest.
 */
export async function measure(name, line, { options, reference, repeats, alone }) {
  const servers = [new Server(process.execPath, [file("ours.mjs"), ...options])];
  if (reference !== undefined) {
    for (const env of [{}, KEEPING]) {
      servers.push(new Server(python, [file("reference.py"), ...options, ...reference], env));
    }
  }
  const sides = servers.map((server) => ({ server, line, seconds: [], cpu: [], others: [] }));
  if (alone !== undefined) {
    const server = new Server(process.execPath, [file("ours.mjs"), ...options]);
    sides.push({ server, line: alone, seconds: [], cpu: [], others: [] });
  }
  try {
    for (const { server } of sides) await server.read();
    // Warms up; memory that is kept takes a second time to settle.
    for (const { server, line } of [...sides, ...sides.slice(2)]) await server.ask(line);
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const side of repeat % 2 === 0 ? sides : sides.toReversed()) {
        const [start, before] = [performance.now(), busySeconds()];
        const { seconds, rss, cpu, count = 1, idle = 0, extra } = await side.server.ask(side.line);
        const elapsed = (performance.now() - start) / 1000;
        side.seconds.push(seconds);
        side.cpu.push(cpu);
        side.others.push(Math.max(0, busySeconds() - before - cpu * count) / elapsed);
        side.megabytes = rss / 1024;
        side.extra = extra;
        if (idle > 0.1 * seconds) console.error(`bench: ${name}: ${idle.toFixed(2)} s of work outside the timed part`);
        if (process.stderr.isTTY) process.stderr.write(".");
      }
    }
  } finally {
    await Promise.all(sides.map(({ server }) => server.close()));
  }
  if (process.stderr.isTTY) process.stderr.write(` ${name}\n`);
  const last = alone === undefined ? undefined : sides.pop();
  const [mine, theirs, kept] = sides;
  const busy = Math.max(...sides.map(({ others }) => median(others)));
  if (busy > 0.1) {
    console.error(
      `bench: ${name}: other processes took ${busy.toFixed(1)} cores meanwhile; measure again on a quiet machine`,
    );
  }
  const both = (key) => ({
    ours: median(mine[key]),
    reference: theirs && median(theirs[key]),
  });
  const withRatio = ({ ours, reference }) => ({ ours, reference, ratio: reference && reference / ours });
  return {
    ...withRatio(both("seconds")),
    memoryMb: { ours: mine.megabytes, reference: theirs?.megabytes },
    cpu: withRatio(both("cpu")),
    busy: both("others"),
    kept: kept && {
      reference: median(kept.seconds),
      ratio: median(kept.seconds) / median(mine.seconds),
      cpuRatio: median(kept.cpu) / median(mine.cpu),
      memoryMb: kept.megabytes,
    },
    ...(last && { alone: { seconds: median(last.seconds), ratio: median(mine.seconds) / median(last.seconds) } }),
    ...(mine.extra && { extra: mine.extra }),
    runs: { ours: mine.seconds, reference: theirs?.seconds, kept: kept?.seconds },
  };
}

/** What a record says of where it was made. */
export function circumstances(torch) {
  if (process.env.DATADAM_DIST === undefined && !existsSync(file("../dist/index.js"))) {
    fail("dist/ is missing; run: npm run build");
  }
  return {
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
    },
    versions: {
      datadam: JSON.parse(readFileSync(file("../package.json"), "utf8")).version,
      node: process.versions.node,
      onnxruntime: createRequire(import.meta.url)("onnxruntime-node/package.json").version,
      torch,
    },
  };
}

/** `--repeats`, checked. */
export function countOf(text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) fail(`--repeats must be a positive integer, got ${text}`);
  return count;
}

/** `--only`, checked; in the order of `known`. */
export function chosen(only, known) {
  for (const name of only) {
    if (!known.includes(name)) fail(`--only ${name}: no such case; known are ${known.join(", ")}`);
  }
  return known.filter((name) => only.includes(name));
}

/** A number of the printed table. */
export function cell(value, unit, digits = 2) {
  return (value === undefined ? "-" : `${value.toFixed(digits)}${unit}`).padStart(11);
}
