// What weights cost that change: programs compiled for each network, compiled and kept, and fed with laid-out weights.
//
//   node bench/weights.mjs [--repeats N]
//
// Milliseconds of a match on one thread, the three ways alternately in one run: ConvNet-3 of width 128, p 4, images of
// CIFAR-10's size.

import { readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import ort from "onnxruntime-node";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const load = (path) => import(new URL(path, root));
const { convnet, Key } = await load("index.js");
const { initialize } = await load("nn/index.js");
const { matchProgram, totalsProgram } = await load("distill/matching/programs.js");
const { attentionObjective } = await load("distill/matching/attentionObjective.js");
const { BoundProgram } = await load("engine/bound/boundProgram.js");
const { bindConstants } = await load("engine/bound/bind.js");
const { sessionOptions } = await load("engine/backends.js");

const { values: flags } = parseArgs({ options: { repeats: { type: "string", default: "15" } } });
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1);
const network = convnet({});
const loss = { power: 4, attentionReduction: "sum", attentionNorm: "l2", attentionWeight: 1 };
const objective = attentionObjective(
  network,
  { ...loss, scale: 100, lambda: 0.01, errorType: "mse", layers: [0, 1] },
  true,
);
const valuesOf = (seed) =>
  Object.fromEntries(Object.entries(initialize(network, Key.fromSeed(seed))).map(([name, { data }]) => [name, data]));
const file = join(tmpdir(), `datadam-weights-${process.pid}.onnx`);
const host = {
  device: "cpu",
  runtime: async () => ort,
  enter: (call) => call(),
  async written(write) {
    await write(file);
    const bytes = readFileSync(file);
    rmSync(file);
    return bytes;
  },
};

const winograd = { cpu: true, winogradGradients: true };
const programs = {
  "real pass, 8 images": totalsProgram(objective, 8, { cpu: true, winograd: true }),
  "match, 1 image": matchProgram(objective, 1, 1, winograd),
  "match, 1 image, by definition": matchProgram(objective, 1, 1, { cpu: true }),
  "match, 5 images": matchProgram(objective, 1, 5, winograd),
  "match, 5 images, by definition": matchProgram(objective, 1, 5, { cpu: true }),
  "match, 10 classes of 1 image": matchProgram(objective, 10, 1, winograd),
  "match, 10 images": matchProgram(objective, 1, 10, winograd),
  "match, 40 images": matchProgram(objective, 1, 40, winograd),
  "match, 50 images": matchProgram(objective, 1, 50, winograd),
};
const report = {};
for (const [name, program] of Object.entries(programs)) {
  const feeds = Object.fromEntries(
    program.inputs.map(({ name: input, shape }) => {
      const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
      return [input, new ort.Tensor("float32", Key.fromSeed(1).fold(input).stream().fillNormal(data), shape)];
    }),
  );
  const compile = (values) => {
    const arrays = program.bound.map(({ name: bound, shape }) => ({ name: bound, shape, data: values[bound] }));
    return ort.InferenceSession.create(bindConstants(program.model, arrays), sessionOptions("cpu"));
  };
  const bound = new BoundProgram(host, program);
  for (const seed of [0, 1]) await bound.find(`${seed}`, valuesOf(seed));
  const kept = await compile(valuesOf(0));
  const times = { compiled: [], kept: [], fed: [], layingOut: [] };
  const timed = async (into, call) => {
    const start = performance.now();
    const result = await call();
    times[into].push(performance.now() - start);
    return result;
  };
  for (let i = 0; i < Number(flags.repeats); i++) {
    const values = valuesOf(2 + i);
    await timed("compiled", async () => {
      const session = await compile(values);
      await session.run(feeds);
      await session.release();
    });
    await timed("kept", () => kept.run(feeds));
    if (i > 0) await bound.forget(`${1 + i}`);
    const { session, fixed } = await timed("layingOut", () => bound.find(`${2 + i}`, values));
    await timed("fed", () => session.run({ ...fixed, ...feeds }));
  }
  const last = `${1 + Number(flags.repeats)}`;
  report[name] = {
    ...Object.fromEntries(Object.entries(times).map(([way, all]) => [way, Number(median(all))])),
    megabytes: Number((bound.held(last) / 2 ** 20).toFixed(1)),
  };
  await kept.release();
}
console.log(JSON.stringify({ load: loadavg()[0].toFixed(1), milliseconds: report }, undefined, 2));
