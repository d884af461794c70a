// What a small folder of pictures is best distilled by: N training pictures of each class of CIFAR-10 as a folder, and
// the rows below, in minutes and accuracy. For choosing the default: the pictures for testing are of CIFAR-10's training
// images too. The same command resumes it; records/small.json has a row for each N, ipc and name.
//
//   node bench/small.mjs --data-dir DIR [--pictures 36] [--ipc 5] [--evaluations 2] [--only plus,...] [--work runs/small]
//
// --data-dir holds cifar-10-batches-bin. Minutes are those of the steps, or of the folder's claims without any.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encodePng } from "../dist/formats/index.js";
import { bankHours, commandOf, datadam, hoursOf, machine, stepHours } from "./commands.mjs";

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const TESTING = 200;
/** By the name of a row the words that make its set, or what its job says beside data, ipc and preset plus. */
const ROWS = {
  random: ["select", "--method", "random"],
  "k-means": ["select", "--method", "k-means"],
  "dm-500": ["distill", "--method", "dm", "--iterations", "500"],
  "paper-500": ["distill", "--preset", "paper", "--iterations", "500"],
  "bank-1000": ["distill", "--preset", "bank", "--iterations", "1000"],
  "plus-500": ["distill", "--preset", "plus", "--iterations", "500", "--set", "init=real"],
  "plus-500-k-means": ["distill", "--preset", "plus", "--iterations", "500", "--set", "init=k-means"],
  plus: ["distill", "--preset", "plus"],
  "plus-500-epochs-200": { iterations: 500, init: "real", bank: { epochs: 200 } },
};

const { values: flags } = parseArgs({
  options: {
    "data-dir": { type: "string" },
    pictures: { type: "string", default: "36" },
    ipc: { type: "string", default: "5" },
    evaluations: { type: "string", default: "2" },
    only: { type: "string" },
    work: { type: "string", default: "runs/small" },
  },
});
if (flags["data-dir"] === undefined) throw new Error("usage: node bench/small.mjs --data-dir DIR [options]");
const pictures = Number(flags.pictures);
const file = fileURLToPath(new URL("../records/small.json", import.meta.url));
const folder = resolve(flags.work, `pictures-${pictures}`);
if (!existsSync(folder)) makeFolder();

for (const name of flags.only?.split(",") ?? Object.keys(ROWS)) {
  const out = `${name}-${pictures}-ipc${flags.ipc}`;
  const row = ROWS[name];
  if (Array.isArray(row)) datadam(flags.work, [...row, "--dataset", folder, "--ipc", flags.ipc, "--out", out]);
  else datadam(flags.work, ["run", jobFile(out, row), "--out", out]);
  const { distilled } = datadam(flags.work, ["evaluate", out, "--networks", flags.evaluations, "--no-random"]);
  record({
    ...{ name, pictures, ipc: Number(flags.ipc), images: "held out" },
    ...{ mean: hundredths(distilled.mean), std: hundredths(distilled.std) },
    ...{ accuracies: distilled.accuracies.map(hundredths), protocol: distilled.protocol.name },
    minutes: {
      set: tenths(60 * (stepHours(join(flags.work, out)) ?? hoursOf(join(flags.work, out)))),
      bank: tenths(60 * bankMinutesOf(out)),
    },
    command: commandOf("small.mjs", { [flags["data-dir"]]: "DIR", [flags.work]: "runs/small" }),
    machine,
  });
}

function jobFile(out, { iterations, init, bank }) {
  const method = { preset: "plus", ipc: Number(flags.ipc), iterations, init };
  const job = {
    kind: "distill",
    data: { dataset: folder },
    method,
    bank: { within: resolve(flags.work, "banks"), ...bank },
  };
  const path = join(resolve(flags.work), `${out}.json`);
  writeFileSync(path, JSON.stringify(job));
  return path;
}

function bankMinutesOf(out) {
  return existsSync(join(flags.work, out, "record.json")) ? bankHours(flags.work, out) : 0;
}

function hundredths(value) {
  return Number(value.toFixed(2));
}

function tenths(value) {
  return Number(value.toFixed(1));
}

/** A folder of parts and classes: training pictures of the first file, those for testing of the last. */
function makeFolder() {
  const making = `${folder}.partial`;
  for (const [part, batch, count] of [
    ["train", 1, pictures],
    ["test", 5, TESTING],
  ]) {
    const bytes = readFileSync(join(flags["data-dir"], `cifar-10-batches-bin/data_batch_${batch}.bin`));
    const seen = new Map();
    for (let at = 0; at < bytes.length; at += 1 + 3 * PIXELS) {
      const label = bytes[at];
      const number = seen.get(label) ?? 0;
      if (number === count) continue;
      seen.set(label, number + 1);
      const planes = bytes.subarray(at + 1);
      const pixels = Uint8Array.from({ length: 3 * PIXELS }, (_, i) => planes[(i % 3) * PIXELS + Math.floor(i / 3)]);
      const place = join(making, part, `class${label}`);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `${number}.png`), encodePng(pixels, { width: SIDE, height: SIDE, channels: 3 }));
    }
  }
  renameSync(making, folder);
}

function record(row) {
  const same = (other) => ["name", "pictures", "ipc"].every((key) => other[key] === row[key]);
  const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).rows : [];
  writeFileSync(file, `${JSON.stringify({ rows: [...known.filter((other) => !same(other)), row] }, undefined, 2)}\n`);
  process.stdout.write(`${row.name}: ${row.mean} ± ${row.std}\n`);
}
