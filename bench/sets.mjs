// Five real sets end to end, through the command line as the README shows it: distil, evaluate, and a grid to look at.
//
//   node bench/sets.mjs --data-dir DIR [--only mnist,cifar10] [--work runs/sets] [--out records/sets.json]
//     [--images docs/images]
//
// DIR holds cifar-10-batches-bin, cifar-100-binary, MNIST/raw, tiny-imagenet-200.zip and imagewoof2-320.tgz, whole or
// in part: the record says how many images there were. What a killed run has finished is kept in --work. Needs `npm run
// build`.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MAIN = fileURLToPath(new URL("cli/main.js", process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url)));
const COMMON = ["--preset", "quick", "--seed", "0", "--iterations", "10", "--set", "batchReal=32"];
/** What each is distilled with, beside the common options. */
const SETS = {
  mnist: ["--ipc", "2"],
  cifar10: ["--ipc", "2", "--set", "zca=true"],
  cifar100: ["--ipc", "1"],
  "tiny-imagenet": ["--ipc", "1", "--classes", "0-9"],
  imagewoof: ["--ipc", "1", "--size", "64"],
};

const { values: flags } = parseArgs({
  options: {
    "data-dir": { type: "string" },
    only: { type: "string", default: Object.keys(SETS).join(",") },
    networks: { type: "string", default: "2" },
    work: { type: "string", default: "runs/sets" },
    out: { type: "string", default: "records/sets.json" },
    images: { type: "string", default: "docs/images" },
  },
});
const load = loadavg()[0];
const sets = [];
for (const name of flags.only.split(",")) {
  const run = join(flags.work, name);
  const place = ["--dataset", name, "--data-dir", flags["data-dir"]];
  const finished = existsSync(join(run, "synthetic.safetensors"));
  const distilling = finished ? ["--resume", run] : [...place, ...COMMON, ...SETS[name], "--out", run];
  const distilled = datadam(["distill", ...distilling]);
  const evaluated = datadam(["evaluate", run, "--networks", flags.networks, "--protocol", "quick"]);
  const { dataset, classes, config } = JSON.parse(readFileSync(join(run, "record.json"), "utf8"));
  const grid = join(flags.images, `sets-${name}.png`);
  mkdirSync(flags.images, { recursive: true });
  copyFileSync(join(run, "grid.png"), grid);
  const accuracy = ({ mean, std, accuracies, seconds }) => ({ mean, std, networks: accuracies.length, seconds });
  sets.push({
    name,
    options: [...COMMON, ...SETS[name]].join(" "),
    classes: classes?.length ?? dataset.classNames.length,
    trainingImages: dataset.count,
    shape: dataset.shape,
    zca: config.zca,
    iterations: distilled.iteration,
    distillSeconds: finished ? undefined : distilled.wall,
    distilled: accuracy(evaluated.distilled),
    random: accuracy(evaluated.random),
    grid,
    gridBytes: statSync(grid).size,
  });
  write();
}

function write() {
  const record = {
    what:
      "Distillation and evaluation of five real sets from the command line, with small settings: " +
      "they show that all of it works, not how good it gets",
    command: "node bench/sets.mjs --data-dir DIR",
    machine: { cpu: cpus()[0].model, cores: availableParallelism(), node: process.version, loadBefore: load },
    protocol: "quick",
    sets,
  };
  mkdirSync(dirname(flags.out), { recursive: true });
  writeFileSync(flags.out, `${JSON.stringify(record, null, 2)}\n`);
}

/** The result of a command, and its seconds. Progress goes to stderr, to be read. */
function datadam(words) {
  process.stderr.write(`$ datadam ${words.join(" ")}\n`);
  const started = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...words, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`datadam ${words.join(" ")} ended with ${status}`);
  return { ...JSON.parse(stdout), wall: (performance.now() - started) / 1000 };
}
