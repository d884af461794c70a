// Times one distillation step (IPC 1, 10, 50) and one evaluation epoch, ours against a PyTorch reference written from
// the equations (reference.py), alternately, each in a process of its own.
//
//   node bench/bench.mjs [--json] [--repeats N] [--only step.ipc10]... [--threads N] [--quick] [--networks N]
//        [--wait passive|active] [--power-by pow|squares]
//
// A kept step (`kept.*`) has its networks and targets from before, as from a bank: --networks of them, visited in turn, at
// the default memory budget. All classes are one pass in the reference. `alone`: the match programs of such a step by
// themselves, and the step as a multiple of that.
//
// Work: ConvNet-3 of width 128, instance norm, p 4, 128 real images a class, 10 classes, images of CIFAR-10's size; an
// epoch is 500 images in batches of 64. Both augment, both have warmed up once. Medians in seconds; ratio = reference /
// ours. --quick: a quarter of the width, an eighth of the images, two repeats: to see that it works. PYTHON names the
// interpreter that has PyTorch (default /usr/bin/python3, else python3); without PyTorch ours is measured alone.
//
// Wants a quiet machine. `busy` is how many cores other processes took while each side ran; where that is more than a
// tenth of a core, a warning says so and the ratio is not worth quoting: the two sides do not suffer alike. `cpu`
// (processor seconds of each side) suffers least. Two choices that move the reference: its threads wait passively,
// since spinning makes them several times slower on shared cores (--wait active: as they come); and it takes |f|^4 by
// `pow` as the official code does (--power-by squares: by two squarings, a tenth to a sixth less work: the stronger
// reference).
//
// `kept` is the reference once more, in a process whose allocator (glibc) keeps what PyTorch frees: as it comes, half
// of a step of whole batches goes to pages that are given back and faulted in again.

import { parseArgs } from "node:util";
import { cell, chosen, circumstances, countOf, fail, measure, torchVersion } from "./sides.mjs";

const CASES = {
  "step.ipc1": "step 1",
  "step.ipc10": "step 10",
  "step.ipc50": "step 50",
  "kept.ipc1": "kept 1 1",
  "kept.ipc10": "kept 10 1",
  "kept.ipc10f2": "kept 10 2",
  "kept.ipc50": "kept 50 1",
  epoch: "epoch",
};

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    repeats: { type: "string" },
    only: { type: "string", multiple: true, default: Object.keys(CASES) },
    threads: { type: "string", default: "2" },
    wait: { type: "string", default: "passive" },
    "power-by": { type: "string", default: "pow" },
    networks: { type: "string", default: "200" },
  },
});
if (!["passive", "active"].includes(flags.wait)) fail(`--wait must be passive or active, got ${flags.wait}`);
if (!["pow", "squares"].includes(flags["power-by"]))
  fail(`--power-by must be pow or squares, got ${flags["power-by"]}`);
const repeats = countOf(flags.repeats ?? (flags.quick ? 2 : 7));
const names = chosen(flags.only, Object.keys(CASES));

const sizes = flags.quick
  ? { width: 32, depth: 3, classes: 10, "batch-real": 16, pool: 64, images: 64, batch: 32 }
  : { width: 128, depth: 3, classes: 10, "batch-real": 128, pool: 500, images: 500, batch: 64 };
const options = Object.entries({
  threads: flags.threads,
  networks: flags.quick ? "4" : flags.networks,
  ...sizes,
}).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** GFLOP (multiply-adds times two) of the convolutions that the work cannot do without. */
function arithmetic(line) {
  const { width, depth, classes } = sizes;
  const forward = Array.from({ length: depth }, (_, i) => 18 * (i === 0 ? 3 : width) * width * (32 >> i) ** 2);
  const total = forward.reduce((a, b) => a + b, 0);
  // Training: forward, weight gradients, and input gradients of all but the first layer.
  if (line === "epoch") return (sizes.images * (3 * total - forward[0])) / 1e9;
  const [kind, ipc, factor = 1] = line.split(" ").map((word, i) => (i === 0 ? word : Number(word)));
  const real = kind === "kept" ? 0 : sizes["batch-real"];
  return (classes * (real * total + ipc * factor ** 2 * 2 * total)) / 1e9;
}

const torch = torchVersion();
const report = {
  command: ["npm run bench --", ...process.argv.slice(2)].join(" "),
  ...circumstances(torch),
  threads: Number(flags.threads),
  wait: flags.wait,
  powerBy: flags["power-by"],
  repeats,
  quick: flags.quick,
  sizes,
  step: {},
  kept: {},
  epoch: undefined,
  memory: {},
};
const reference = torch === undefined ? undefined : [`--wait=${flags.wait}`, "--power-by", flags["power-by"]];
for (const name of names) {
  const alone = name.startsWith("kept.") ? CASES[name].replace("kept", "programs") : undefined;
  const measured = await measure(name, CASES[name], { options, reference, repeats, alone });
  const gflop = arithmetic(CASES[name]);
  const speed = (seconds) => seconds && gflop / seconds;
  const result = {
    ...measured,
    gflop,
    gflopPerSecond: { ours: speed(measured.ours), reference: speed(measured.reference) },
  };
  if (name === "epoch") report.epoch = result;
  else if (name.startsWith("kept.")) report.kept[name.slice("kept.".length)] = result;
  else report.step[name.slice("step.".length)] = result;
  const memory = result.memoryMb;
  report.memory[name] = {
    oursMb: memory.ours,
    referenceMb: memory.reference,
    ratio: memory.reference && memory.reference / memory.ours,
  };
}

if (flags.json) console.log(JSON.stringify(report, null, 2));
else {
  console.log(
    `${report.machine.cpu}, ${report.machine.cores} cores; Node ${report.versions.node}, PyTorch ${torch ?? "-"}`,
  );
  console.log(
    `${flags.threads} threads, medians of ${repeats}${flags.quick ? ", quick sizes: not for comparison" : ""}\n`,
  );
  const heads = [
    "ours",
    "PyTorch",
    "ratio",
    "kept",
    "ratio",
    "ours",
    "PyTorch",
    "ours",
    "CPU ratio",
    "others",
    "alone",
  ];
  console.log(["case".padEnd(11), ...heads.map((head) => head.padStart(11))].join(""));
  const rows = Object.fromEntries(
    ["step", "kept"].flatMap((kind) => Object.entries(report[kind]).map(([key, value]) => [`${kind}.${key}`, value])),
  );
  if (report.epoch !== undefined) rows.epoch = report.epoch;
  for (const [name, row] of Object.entries(rows)) {
    const { ours, reference, ratio, kept, memoryMb, gflopPerSecond, cpu, busy, alone } = row;
    const cells = [cell(ours, " s"), cell(reference, " s"), cell(ratio, "x")];
    cells.push(cell(kept?.reference, " s"), cell(kept?.ratio, "x"), cell(memoryMb.ours, " MB", 0));
    cells.push(cell(memoryMb.reference, " MB", 0), cell(gflopPerSecond.ours, "", 0), cell(cpu.ratio, "x"));
    cells.push(cell(Math.max(busy.ours, busy.reference ?? 0), "", 1), cell(alone?.ratio, "x"));
    console.log(`${name.padEnd(11)}${cells.join("")}`);
  }
  console.log(`
Columns: seconds, seconds, reference / ours, the same two with memory kept, peak memory, peak memory, GFLOP/s of
convolutions, ratio of processor seconds, cores that other processes took (quote ratios only where that is near 0), a kept
step as a multiple of its match programs alone.`);
}
