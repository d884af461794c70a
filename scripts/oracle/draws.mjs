// Prints what the library draws for a seed, for the oracles that follow whole runs: picks, augmentations, networks.
//
//   node scripts/oracle/draws.mjs < requests.json > draws.json      (needs `npm run build`)
//
// A request is { kind: "distill", ... } or { kind: "train", ... }; the answers come in the same order. Nothing is
// computed with images here: the numbers say which images, which network, which augmentation. The oracle does the rest.

import { readFileSync } from "node:fs";
import { drawAugmentation, drawCutMix, parsePolicy } from "datadam/augment";
import { convnet, initialize } from "datadam/nn";
import { Key } from "datadam/random";

/**
 * Keyed by (seed, iteration, class): the initial images (real ones, and numbers of noise); of each iteration the
 * network, real images, augmentation.
 */
function distilling({
  seed,
  iterations,
  initial,
  noise = 0,
  sizes,
  batch,
  augment,
  augmentMode,
  height,
  width,
  network,
}) {
  const key = Key.fromSeed(seed);
  const policy = parsePolicy(augment, augmentMode);
  const built = convnet(network);
  return {
    initial: sizes.map((size, c) => [...key.fold("initial", c).stream().sample(size, initial)]),
    noise: sizes.map((_, c) => [...key.fold("initial", c).stream().fillNormal(new Float32Array(noise))]),
    iterations: Array.from({ length: iterations }, (_, i) => ({
      parameters: plain(initialize(built, key.fold("network", i + 1))),
      classes: sizes.map((size, c) => ({
        picks: [
          ...key
            .fold("real", i + 1, c)
            .stream()
            .sample(size, batch),
        ],
        augmentation: drawAugmentation(key.fold("augment", i + 1, c).stream(), policy, { height, width }),
      })),
    })),
  };
}

/**
 * Keyed by (seed, epoch, batch): the network, and of each epoch the order of images, their augmentations (those of all
 * images, then the drawn one), and the CutMix of a batch, where it has one.
 */
function training({ seed, epochs, count, batch, augment, always = "none", cutmix, height, width, network }) {
  const key = Key.fromSeed(seed).fold("train");
  const policies = { always: parsePolicy(always, "all"), augment: parsePolicy(augment, "one") };
  return {
    parameters: plain(initialize(convnet(network), key.fold("network"))),
    epochs: Array.from({ length: epochs }, (_, epoch) => {
      const order = [...key.fold("order", epoch).stream().permutation(count)];
      return Array.from({ length: Math.ceil(count / batch) }, (_, index) => {
        const picks = order.slice(index * batch, (index + 1) * batch);
        const size = { height, width, count: picks.length };
        const streamOf = (purpose) => key.fold(purpose, epoch, index).stream();
        const drawn = ["always", "augment"].map((kind) => drawAugmentation(streamOf(kind), policies[kind], size));
        const mix = cutmix && drawCutMix(streamOf("cutmix"), cutmix, size);
        return {
          picks,
          augmentation: { ...size, steps: drawn.flatMap(({ steps }) => steps) },
          mix: mix && { ...mix, partners: [...mix.partners] },
        };
      });
    }),
  };
}

function plain(arrays) {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
}

const requests = JSON.parse(readFileSync(0, "utf8"));
const answers = requests.map((request) => (request.kind === "distill" ? distilling(request) : training(request)));
process.stdout.write(JSON.stringify(answers));
