// Times one distillation step of every method at several numbers of images a class, and the memory it takes: the cost that the
// paper's Table 4 compares. Each case runs in a process of its own, so that its peak of resident memory is its own.
//
//   node bench/methods.mjs [--json] [--repeats N] [--only METHOD.ipcN]... [--workers N] [--device cpu|webgpu|cuda] [--quick]
//
// Work: ConvNet-3 of width 128, instance norm, 10 classes, images of CIFAR-10's size (random numbers in memory), each method
// under its preset. A step is an iteration: dc and dsa take ipc (at most 50) matches in it and train the network between them,
// which is what the paper's table counts too; `match` is seconds divided by the matches. One step warms up, `--repeats` are
// timed (default 3), the median is told. --quick: small networks, few images, to see that it works.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const METHODS = ["datadam", "dm", "dc", "dsa"];
const CASES = METHODS.flatMap((method) => [1, 10, 50].map((ipc) => `${method}.ipc${ipc}`));

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    repeats: { type: "string", default: "3" },
    only: { type: "string", multiple: true, default: CASES },
    workers: { type: "string", default: "2" },
    device: { type: "string", default: "cpu" },
    // For the process of one case.
    measure: { type: "string" },
  },
});
const repeats = Number(flags.repeats);
if (!Number.isInteger(repeats) || repeats < 1) fail(`--repeats must be a positive integer, got ${flags.repeats}`);
for (const name of flags.only) {
  if (!CASES.includes(name)) fail(`--only ${name}: no such case; known are ${CASES.join(", ")}`);
}
const sizes = flags.quick ? { width: 8, batchReal: 16, batchTrain: 16, innerLoops: 1 } : { width: 128 };
const pool = flags.quick ? 60 : 500;

if (flags.measure === undefined) await compare();
else console.log(JSON.stringify(await measure(flags.measure)));

function fail(message) {
  console.error(`methods: ${message}`);
  process.exit(2);
}

async function measure(name) {
  const { createEngine, distill, Key, presets } = await import("../dist/index.js");
  const [method, ipc] = name.split(".ipc");
  const preset = method === "datadam" ? presets.paper : presets[method];
  const options = { ...preset, ...sizes, ipc: Number(ipc), zca: false, iterations: 1 + repeats };
  const engine = await createEngine({ device: flags.device, workers: Number(flags.workers) });
  const used = () => process.cpuUsage().user + process.cpuUsage().system;
  const [seconds, cpu] = [[], []];
  const run = distill(randomSet(Key.fromSeed(0)), { ...options, engine });
  let before = used();
  for await (const event of run) {
    seconds.push(event.seconds);
    cpu.push((used() - before) / 1e6);
    before = used();
  }
  await engine.close();
  const matches = run.snapshot().provenance.outerLoops;
  return {
    // The first one warms up.
    seconds: median(seconds.slice(1)),
    perMatch: median(seconds.slice(1)) / matches,
    matches,
    cpu: median(cpu.slice(1)),
    memoryMb: process.resourceUsage().maxRSS / 1024,
    runs: seconds.slice(1),
  };
}

/** Random images in prepared space. */
function randomSet(key) {
  const [classes, size] = [10, 3 * 32 * 32];
  const pixels = key.stream().fillNormal(new Float32Array(classes * pool * size));
  return {
    name: "random",
    count: classes * pool,
    shape: [3, 32, 32],
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    labels: Uint16Array.from({ length: classes * pool }, (_, i) => i % classes),
    preprocessing: { normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, zca: undefined },
    read(indices, out = new Float32Array(indices.length * size)) {
      for (let i = 0; i < indices.length; i++) {
        out.set(pixels.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
      }
      return out;
    },
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function compare() {
  const words = process.argv.slice(2);
  const report = {
    command: ["node bench/methods.mjs", ...words].join(" "),
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30) },
    versions: {
      datadam: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
      node: process.versions.node,
    },
    device: flags.device,
    workers: Number(flags.workers),
    repeats,
    quick: flags.quick,
    cases: {},
  };
  for (const name of CASES.filter((known) => flags.only.includes(known))) {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...words, "--measure", name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.status !== 0) fail(`${name} failed`);
    report.cases[name] = JSON.parse(child.stdout);
    if (!flags.json) show(name, report.cases[name]);
  }
  if (flags.json) console.log(JSON.stringify(report, null, 2));
}

function show(name, { seconds, perMatch, cpu, memoryMb }) {
  const cells = [
    `${seconds.toFixed(2)} s a step`,
    `${perMatch.toFixed(2)} s a match`,
    `${cpu.toFixed(2)} s of processor`,
  ];
  console.log([name.padEnd(14), ...[...cells, `${memoryMb.toFixed(0)} MB`].map((cell) => cell.padStart(22))].join(""));
}
