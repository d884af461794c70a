// How large the gradients of the terms of the loss are beside each other in the snapshots of a bank, on real images
// shrunk to half their side: what decides a weight such as attentionWeight. Writes records/terms.json.
//
//   node bench/terms.mjs BANK --dataset cifar10 --data-dir DIR [--classes 4] [--real 128] [--images 40]

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepare } from "datadam";
import { loadDataset } from "datadam/data";
import { matchingLoss } from "datadam/distill";
import { createEngine } from "datadam/engine";
import { decodeSafetensors } from "datadam/formats";
import { buildNetwork } from "datadam/nn";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: "string", default: "cifar10" },
    "data-dir": { type: "string" },
    classes: { type: "string", default: "4" },
    real: { type: "string", default: "128" },
    images: { type: "string", default: "40" },
  },
});
const [bank] = positionals;
if (bank === undefined) throw new Error("usage: node bench/terms.mjs BANK --data-dir DIR");
const [classes, real, images] = [flags.classes, flags.real, flags.images].map(Number);
const { network: stored, training } = JSON.parse(readFileSync(join(bank, "record.json"), "utf8"));
const { name, ...options } = stored;
const network = buildNetwork(name, options);
const { train } = await loadDataset(flags.dataset, { dir: flags["data-dir"] });
const set = await prepare(train, { zca: false });
const [channels, height, width] = set.shape;
const size = channels * height * width;
const members = Array.from({ length: classes }, (_, c) => [...set.labels.keys()].filter((i) => set.labels[i] === c));
const read = (from, count) => set.read(members.flatMap((all) => all.slice(from, from + count)));

/** The same images with each square of four pixels at its mean. */
function shrunk(all) {
  const out = new Float32Array(all.length);
  for (let i = 0; i < all.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    const corner = i - (x % 2) - width * (y % 2);
    out[i] = (all[corner] + all[corner + 1] + all[corner + width] + all[corner + width + 1]) / 4;
  }
  return out;
}

const of = (data, count) => ({ shape: [classes * count, channels, height, width], data });
const [realImages, synthetic] = [of(read(0, real), real), of(shrunk(read(real, images)), images)];
const TERMS = {
  features: { lambda: 1 },
  "attention, p 4": { attentionWeight: 1, power: 4 },
  "attention, p 1": { attentionWeight: 1, power: 1 },
  "channel attention, p 4": { channelWeight: 1, power: 4 },
  "second moments": { momentsWeight: 1 },
  "cross-entropy": { crossEntropy: 1 },
};
const engine = await createEngine();
const rows = [];
for (const epoch of training.snapshots) {
  const file = join(
    bank,
    "networks",
    readdirSync(join(bank, "networks")).find((one) => one === `0001-epoch-${epoch}.safetensors`),
  );
  const { tensors, metadata } = decodeSafetensors(readFileSync(file));
  const norms = {};
  for (const [term, weights] of Object.entries(TERMS)) {
    const zero = { scale: 1, lambda: 0, attentionWeight: 0 };
    const given = { network, parameters: tensors, real: realImages, synthetic, classes, engine };
    const { loss, gradient } = await matchingLoss({ ...given, ...zero, ...weights });
    const norm = Math.sqrt(gradient.data.reduce((sum, value) => sum + value * value, 0));
    norms[term] = { loss: Number(loss.toPrecision(3)), gradient: Number(norm.toPrecision(3)) };
  }
  rows.push({ epoch, accuracy: Number(metadata.accuracy), terms: norms });
  const shown = Object.entries(norms).map(([term, { gradient }]) => `${term} ${gradient.toExponential(1)}`);
  process.stdout.write(`epoch ${epoch} (${metadata.accuracy}): ${shown.join(", ")}\n`);
}
await engine.close();
const record = {
  command: `node bench/terms.mjs BANK --dataset ${flags.dataset} --data-dir DIR`,
  training,
  classes,
  real,
  images,
  size,
  rows,
};
writeFileSync(
  fileURLToPath(new URL("../records/terms.json", import.meta.url)),
  `${JSON.stringify(record, undefined, 2)}\n`,
);
