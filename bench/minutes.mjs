// Accuracy against minutes of work: DataDAM as published, DM, and the preset plus with its bank, each distilled on and
// evaluated again and again. Writes records/minutes.json and docs/images/minutes-DATASET.svg. The same command resumes.
//
//   node bench/minutes.mjs --data-dir DIR [--dataset cifar10] [--ipc 10] [--hold-out 500] [--protocol quick-idc]
//     [--evaluations 2] [--only DM,plus] [--work runs/minutes]
//
// Accuracy is taken on held-out training images. Minutes are those of the steps and, for plus, of its bank: not of
// evaluations. Run it where nothing else runs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plot } from "datadam/plots";
import { bankHours, commandOf, datadam, machine, stepHours } from "./commands.mjs";

const { values: flags } = parseArgs({
  options: {
    dataset: { type: "string", default: "cifar10" },
    "data-dir": { type: "string" },
    ipc: { type: "string", default: "10" },
    "hold-out": { type: "string", default: "500" },
    protocol: { type: "string", default: "quick-idc" },
    evaluations: { type: "string", default: "2" },
    only: { type: "string" },
    work: { type: "string", default: "runs/minutes" },
  },
});

/** What is compared: words of `distill`, and the iterations after which it is evaluated. */
const METHODS = {
  "DataDAM, as published": { words: ["--preset", "paper"], iterations: [50, 200, 500, 1000] },
  DM: { words: ["--method", "dm"], iterations: [50, 200, 500, 1000] },
  plus: { words: ["--preset", "plus"], iterations: [100, 250, 500, 1000, 2000] },
};

mkdirSync(flags.work, { recursive: true });
const root = fileURLToPath(new URL("..", import.meta.url));
const file = join(root, "records", "minutes.json");
const data = ["--dataset", flags.dataset, ...(flags["data-dir"] ? ["--data-dir", resolve(flags["data-dir"])] : [])];
const wanted = flags.only?.split(",") ?? Object.keys(METHODS);
for (const name of wanted) {
  if (METHODS[name] === undefined) throw new Error(`--only knows ${Object.keys(METHODS).join(", ")}, not ${name}`);
}
const keyOf = ({ name, dataset, ipc, protocol, iterations }) => [name, dataset, ipc, protocol, iterations].join();
const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).rows : [];
const rows = new Map(known.map((row) => [keyOf(row), row]));
for (const name of wanted) {
  const { words, iterations } = METHODS[name];
  const out = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-${flags.dataset}-ipc${flags.ipc}`;
  for (const count of iterations) {
    const place = { name, dataset: flags.dataset, ipc: Number(flags.ipc), protocol: flags.protocol, iterations: count };
    if (rows.has(keyOf(place))) continue;
    const of = [...data, "--hold-out", flags["hold-out"], "--ipc", flags.ipc];
    datadam(flags.work, ["distill", ...words, ...of, "--iterations", String(count), "--out", out]);
    const networks = ["--networks", flags.evaluations, "--no-random"];
    const { distilled } = datadam(flags.work, ["evaluate", out, "--protocol", flags.protocol, ...networks]);
    const minutes = { bank: 60 * bankHours(flags.work, out), steps: 60 * stepHours(join(flags.work, out)) };
    const { mean, std, accuracies } = distilled;
    rows.set(keyOf(place), { ...place, images: "held out", mean, std, accuracies, minutes });
    keep();
  }
}
if (rows.size > 0) draw();

function keep() {
  const command = commandOf("minutes.mjs", { [flags["data-dir"]]: "DIR", [flags.work]: "runs/minutes" });
  writeFileSync(file, `${JSON.stringify({ command, machine, rows: [...rows.values()] }, undefined, 2)}\n`);
}

function draw() {
  const here = [...rows.values()].filter((row) => row.dataset === flags.dataset && row.ipc === Number(flags.ipc));
  const series = Object.keys(METHODS).map((name) => ({
    name: name === "plus" ? "plus, with its bank" : name,
    points: here
      .filter((row) => row.name === name)
      .toSorted((a, b) => a.iterations - b.iterations)
      .map(({ minutes, mean, std, iterations }) => ({
        ...{ x: minutes.bank + minutes.steps, y: mean, low: mean - std, high: mean + std },
        label: `${iterations} iterations: ${mean.toFixed(1)} %`,
      })),
  }));
  const svg = plot({
    x: { label: "minutes on two cores", scale: "log" },
    y: { label: "accuracy on held-out images, %" },
    series: series.filter(({ points }) => points.length > 0),
  });
  writeFileSync(join(root, "docs", "images", `minutes-${flags.dataset}.svg`), svg);
}
