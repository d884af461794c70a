// A set beyond the paper, whole: networks trained where the preset asks for them, distillation, evaluation; as a row of
// records/plus.json. The same command resumes it, and replaces the row of its name, images, ipc and protocol.
//
//   node bench/plus.mjs NAME --data-dir DIR [--dataset cifar10] [--preset plus] [--method datadam] [--select NAME]
//     [--ipc 10] [--seeds 0,1] [--set key=value]... [--hold-out N] [--protocol idc] [--evaluations 3] [--final]
//     [--work runs/plus]
//
// --select takes chosen images instead of distilled ones (random, k-means, ...). --hold-out is for choosing: without it
// the test images are looked at. Hours are those of the folders' claims, from their events: of the bank, which other
// rows may share, of the sets, and of the evaluations.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bankHours, commandOf, datadam, hoursOf, machine, stepHours } from "./commands.mjs";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: "string", default: "cifar10" },
    "data-dir": { type: "string" },
    preset: { type: "string" },
    method: { type: "string" },
    select: { type: "string" },
    ipc: { type: "string", default: "10" },
    seeds: { type: "string", default: "0" },
    set: { type: "string", multiple: true, default: [] },
    "hold-out": { type: "string" },
    protocol: { type: "string", default: "idc" },
    evaluations: { type: "string", default: "3" },
    final: { type: "boolean", default: false },
    work: { type: "string", default: "runs/plus" },
  },
});
const [name] = positionals;
if (name === undefined) throw new Error("usage: node bench/plus.mjs NAME --data-dir DIR [options]");
const file = fileURLToPath(new URL("../records/plus.json", import.meta.url));
mkdirSync(flags.work, { recursive: true });
const run = (...words) => datadam(flags.work, words);

const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
const given = (names) => names.flatMap((key) => (flags[key] === undefined ? [] : [`--${key}`, flags[key]]));
const data = ["--dataset", flags.dataset, ...(flags["data-dir"] ? ["--data-dir", resolve(flags["data-dir"])] : [])];
const keys = flags.set.flatMap((assignment) => ["--set", assignment]);
const rows = flags.seeds.split(",").map((seed) => {
  const held = flags["hold-out"] === undefined ? "" : `-held-${flags["hold-out"]}`;
  const out = `${slug}-${flags.dataset}-ipc${flags.ipc}-${seed}${held}`;
  const how =
    flags.select === undefined
      ? ["distill", ...given(["preset", "method"])]
      : ["select", "--method", flags.select, ...given(["preset"])];
  run(...how, ...data, ...given(["hold-out", "ipc"]), ...keys, "--seed", seed, "--out", out);
  const evaluation = ["--protocol", flags.protocol, "--networks", flags.evaluations, "--no-random"];
  const { distilled } = run("evaluate", out, ...evaluation);
  const folder = join(flags.work, out, "evaluations");
  const evaluations = readdirSync(folder).filter((name) => isThisOne(join(folder, name, "job.json")));
  return {
    distilled,
    hours: {
      bank: bankHours(flags.work, out),
      set: stepHours(join(flags.work, out)) ?? hoursOf(join(flags.work, out)),
      evaluation: evaluations.reduce((sum, name) => sum + hoursOf(join(folder, name)), 0),
    },
  };
});

/** Whether an evaluation of a run is the one of this row. */
function isThisOne(file) {
  if (!existsSync(file)) return false;
  const { protocol, networks } = JSON.parse(readFileSync(file, "utf8"));
  return protocol === flags.protocol && networks === Number(flags.evaluations);
}

const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const hundredths = (value) => Number(value.toFixed(2));
function summary(evaluations) {
  const accuracies = evaluations.flatMap((one) => one.accuracies);
  const mean = average(accuracies);
  const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = accuracies.length > 1 ? Math.sqrt(squares / (accuracies.length - 1)) : 0;
  return { mean: hundredths(mean), std: hundredths(std), accuracies: accuracies.map(hundredths) };
}

const images = flags["hold-out"] === undefined ? "test" : "held out";
const best = rows.flatMap(({ distilled }) => distilled.best ?? []);
const row = {
  name,
  final: flags.final,
  dataset: flags.dataset,
  ipc: Number(flags.ipc),
  protocol: flags.protocol,
  images,
  epoch: "last",
  ...summary(rows.map(({ distilled }) => distilled)),
  ...(best.length > 0 && { bestOfChecks: { ...summary(best), note: `chosen on ${images} images` } }),
  seeds: flags.seeds.split(",").map(Number),
  hours: Object.fromEntries(
    ["bank", "set", "evaluation"].map((part) => [part, hundredths(average(rows.map(({ hours }) => hours[part])))]),
  ),
  command: commandOf("plus.mjs", { [flags["data-dir"]]: "DIR", [flags.work]: "runs/plus" }),
  machine,
};
const same = (other) => ["name", "dataset", "ipc", "protocol", "images"].every((key) => other[key] === row[key]);
const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).rows : [];
writeFileSync(file, `${JSON.stringify({ rows: [...known.filter((other) => !same(other)), row] }, undefined, 2)}\n`);
process.stdout.write(`${name}: ${row.mean} ± ${row.std} (${row.images})\n`);
