// Times one distillation step (IPC 1, 10, 50) and one evaluation epoch, ours against a PyTorch reference written from
// the equations (reference.py), alternately, each in a process of its own.
//
//   node bench/bench.mjs [--json] [--repeats N] [--only step.ipc10]... [--threads N] [--quick]
//        [--wait passive|active] [--power-by pow|squares]
//
// Work: ConvNet-3 of width 128, instance norm, p 4, 128 real images a class, 10 classes, images of CIFAR-10's size; an
// epoch is 500 images in batches of 64. Both augment, both have warmed up once. Medians in seconds; ratio = reference /
// ours. --quick: a quarter of the width, an eighth of the images, two repeats: to see that it works. PYTHON names the
// interpreter that has PyTorch (default /usr/bin/python3, else python3); without PyTorch ours is measured alone.
//
// Wants a quiet machine. `busy` is how many cores other processes took while each side ran; where that is more than a
// tenth of a core, a warning says so and the ratio is not worth quoting: the two sides do not suffer alike. `cpu`
// (processor seconds of each side) suffers least. Two choices that move the reference: its threads wait passively, since
// spinning makes them several times slower on shared cores (--wait active: as they come); and it takes |f|^4 by `pow` as
// the official code does (--power-by squares: by two squarings, a tenth to a sixth less work: the stronger reference).

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const CASES = { "step.ipc1": "step 1", "step.ipc10": "step 10", "step.ipc50": "step 50", epoch: "epoch" };

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    repeats: { type: "string" },
    only: { type: "string", multiple: true, default: Object.keys(CASES) },
    threads: { type: "string", default: "2" },
    wait: { type: "string", default: "passive" },
    "power-by": { type: "string", default: "pow" },
  },
});
if (!["passive", "active"].includes(flags.wait)) fail(`--wait must be passive or active, got ${flags.wait}`);
if (!["pow", "squares"].includes(flags["power-by"]))
  fail(`--power-by must be pow or squares, got ${flags["power-by"]}`);
const repeats = Number(flags.repeats ?? (flags.quick ? 2 : 7));
if (!Number.isInteger(repeats) || repeats < 1) fail(`--repeats must be a positive integer, got ${flags.repeats}`);
for (const name of flags.only) {
  if (!(name in CASES)) fail(`--only ${name}: no such case; known are ${Object.keys(CASES).join(", ")}`);
}

const sizes = flags.quick
  ? { width: 32, depth: 3, classes: 10, "batch-real": 16, pool: 64, images: 64, batch: 32 }
  : { width: 128, depth: 3, classes: 10, "batch-real": 128, pool: 500, images: 500, batch: 64 };
const options = Object.entries({ threads: flags.threads, ...sizes }).flatMap(([name, value]) => [
  `--${name}`,
  String(value),
]);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

/** A child process that answers each line with a line of JSON. */
class Server {
  constructor(command, args) {
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
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

function torchVersion() {
  const probe = spawnSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" });
  return probe.status === 0 ? probe.stdout.trim() : undefined;
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

/** GFLOP (multiply-adds times two) of the convolutions that the work cannot do without. */
function arithmetic(line) {
  const { width, depth, classes } = sizes;
  const forward = Array.from({ length: depth }, (_, i) => 18 * (i === 0 ? 3 : width) * width * (32 >> i) ** 2);
  const total = forward.reduce((a, b) => a + b, 0);
  // Training: forward, weight gradients, and input gradients of all but the first layer.
  if (line === "epoch") return (sizes.images * (3 * total - forward[0])) / 1e9;
  return (classes * (sizes["batch-real"] * total + Number(line.split(" ")[1]) * 2 * total)) / 1e9;
}

async function measure(name, torch) {
  const line = CASES[name];
  const ours = new Server(process.execPath, [file("ours.mjs"), ...options]);
  const reference =
    torch === undefined
      ? undefined
      : new Server(python, [file("reference.py"), ...options, `--wait=${flags.wait}`, "--power-by", flags["power-by"]]);
  const sides = [
    { server: ours, seconds: [], cpu: [], others: [] },
    { server: reference, seconds: [], cpu: [], others: [] },
  ].filter(({ server }) => server);
  try {
    for (const { server } of sides) await server.read();
    for (const { server } of sides) await server.ask(line); // warms up
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const side of repeat % 2 === 0 ? sides : sides.toReversed()) {
        const [start, before] = [performance.now(), busySeconds()];
        const { seconds, rss, cpu, count = 1, idle = 0 } = await side.server.ask(line);
        const elapsed = (performance.now() - start) / 1000;
        side.seconds.push(seconds);
        side.cpu.push(cpu);
        side.others.push(Math.max(0, busySeconds() - before - cpu * count) / elapsed);
        side.megabytes = rss / 1024;
        if (idle > 0.1 * seconds) console.error(`bench: ${name}: ${idle.toFixed(2)} s of work outside the timed part`);
        if (process.stderr.isTTY) process.stderr.write(".");
      }
    }
  } finally {
    await Promise.all(sides.map(({ server }) => server.close()));
  }
  if (process.stderr.isTTY) process.stderr.write(` ${name}\n`);
  const [mine, theirs] = sides;
  const busy = Math.max(...sides.map(({ others }) => median(others)));
  if (busy > 0.1) {
    console.error(
      `bench: ${name}: other processes took ${busy.toFixed(1)} cores meanwhile; measure again on a quiet machine`,
    );
  }
  const gflop = arithmetic(line);
  return {
    ours: median(mine.seconds),
    reference: theirs && median(theirs.seconds),
    ratio: theirs && median(theirs.seconds) / median(mine.seconds),
    gflop,
    gflopPerSecond: { ours: gflop / median(mine.seconds), reference: theirs && gflop / median(theirs.seconds) },
    memoryMb: { ours: mine.megabytes, reference: theirs?.megabytes },
    cpu: {
      ours: median(mine.cpu),
      reference: theirs && median(theirs.cpu),
      ratio: theirs && median(theirs.cpu) / median(mine.cpu),
    },
    busy: { ours: median(mine.others), reference: theirs && median(theirs.others) },
    runs: { ours: mine.seconds, reference: theirs?.seconds },
  };
}

const { version } = JSON.parse(readFileSync(file("../package.json"), "utf8"));
if (process.env.DATADAM_DIST === undefined && !existsSync(file("../dist/index.js"))) {
  fail("dist/ is missing; run: npm run build");
}
const torch = torchVersion();
if (torch === undefined) {
  console.error(
    `bench: ${python} has no PyTorch: measuring ours alone. Install it (Debian: apt install python3-torch) or set PYTHON.`,
  );
}

const report = {
  command: ["npm run bench --", ...process.argv.slice(2)].join(" "),
  machine: {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  },
  versions: {
    datadam: version,
    node: process.versions.node,
    onnxruntime: createRequire(import.meta.url)("onnxruntime-node/package.json").version,
    torch,
  },
  threads: Number(flags.threads),
  wait: flags.wait,
  powerBy: flags["power-by"],
  repeats,
  quick: flags.quick,
  sizes,
  step: {},
  epoch: undefined,
  memory: {},
};
for (const name of Object.keys(CASES).filter((name) => flags.only.includes(name))) {
  const result = await measure(name, torch);
  if (name === "epoch") report.epoch = result;
  else report.step[name.slice("step.".length)] = result;
  const { ours, reference } = result.memoryMb;
  report.memory[name] = { oursMb: ours, referenceMb: reference, ratio: reference && reference / ours };
}

if (flags.json) console.log(JSON.stringify(report, null, 2));
else {
  const show = (value, unit, digits = 2) =>
    (value === undefined ? "-" : `${value.toFixed(digits)}${unit}`).padStart(11);
  console.log(
    `${report.machine.cpu}, ${report.machine.cores} cores; Node ${report.versions.node}, PyTorch ${torch ?? "-"}`,
  );
  console.log(
    `${flags.threads} threads, medians of ${repeats}${flags.quick ? ", quick sizes: not for comparison" : ""}\n`,
  );
  const heads = ["ours", "PyTorch", "ratio", "ours", "PyTorch", "ours", "CPU ratio", "others"];
  console.log(["case".padEnd(11), ...heads.map((head) => head.padStart(11))].join(""));
  const rows = { ...Object.fromEntries(Object.entries(report.step).map(([k, v]) => [`step.${k}`, v])) };
  if (report.epoch !== undefined) rows.epoch = report.epoch;
  for (const [name, { ours, reference, ratio, memoryMb, gflopPerSecond, cpu, busy }] of Object.entries(rows)) {
    const cells = [show(ours, " s"), show(reference, " s"), show(ratio, "x"), show(memoryMb.ours, " MB", 0)];
    cells.push(show(memoryMb.reference, " MB", 0), show(gflopPerSecond.ours, "", 0), show(cpu.ratio, "x"));
    cells.push(show(Math.max(busy.ours, busy.reference ?? 0), "", 1));
    console.log(`${name.padEnd(11)}${cells.join("")}`);
  }
  console.log(
    "\nColumns: seconds, seconds, reference / ours, peak memory, peak memory, GFLOP/s of convolutions, ratio of",
  );
  console.log(
    "processor seconds, cores that other processes took (a ratio is worth quoting only where that is near 0).",
  );
}
