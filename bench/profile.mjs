// Where the time goes: the programs of a distillation step and of training, by kind of operation, on one thread.
//
//   node bench/profile.mjs [--repeats N] [--out records/profile.json]
//
// ConvNet-3 of width 128, instance norm, p 4, images of CIFAR-10's size. `floor` is what the convolutions' products, as
// defined, would take at the speed of a 1024 x 1024 x 1024 matrix product measured in the same run.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import ort from "onnxruntime-node";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const load = (path) => import(new URL(path, root));
const { convnet, Key } = await load("index.js");
const { initialize } = await load("nn/index.js");
const { matchProgram, totalsProgram } = await load("distill/matching/programs.js");
const { trainProgram } = await load("train/programs.js");
const { attentionObjective } = await load("distill/matching/attentionObjective.js");
const { bindConstants } = await load("engine/bound/bind.js");
const { boundOptions, sessionOptions } = await load("engine/backends.js");
const { compile, input, matmul } = await load("tensor/index.js");

const { values: flags } = parseArgs({
  options: { repeats: { type: "string", default: "40" }, out: { type: "string" } },
});
const repeats = Number(flags.repeats);
const KINDS = {
  convolution: /^Conv$/,
  "matrix products": /MatMul|Gemm/,
  normalisation: /Normalization/,
  pooling: /Pool|Upsample|Resize/,
  layout: /Reorder|Transpose|Slice|Concat|Pad$|Reshape|Split|Expand|Identity|Gather|Squeeze/,
  reductions: /Reduce/,
};
const kindOf = (operator) => Object.keys(KINDS).find((kind) => KINDS[kind].test(operator)) ?? "elementwise";

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const folder = mkdtempSync(join(tmpdir(), "datadam-profile-"));

async function measure(program, values) {
  const isBound = program.bound.length > 0;
  const arrays = program.bound.map(({ name, shape }) => ({ name, shape, data: values[name] }));
  const model = isBound ? bindConstants(program.model, arrays) : program.model;
  const feeds = Object.fromEntries(
    program.inputs.map(({ name, shape }) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const data = values[name] ?? Key.fromSeed(1).fold(name).stream().fillNormal(new Float32Array(size));
      return [name, new ort.Tensor("float32", data, shape)];
    }),
  );
  const time = async (session) => {
    const times = [];
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      await session.run(feeds);
      times.push(performance.now() - start);
    }
    return median(times);
  };
  const options = isBound ? boundOptions(true) : sessionOptions("cpu");
  const creating = [];
  let session;
  for (let i = 0; i < 5; i++) {
    await session?.release();
    const start = performance.now();
    session = await ort.InferenceSession.create(model, options);
    creating.push(performance.now() - start);
  }
  const milliseconds = await time(session);
  await session.release();
  const profiled = await ort.InferenceSession.create(model, {
    ...options,
    enableProfiling: true,
    profileFilePrefix: join(folder, program.name),
  });
  await time(profiled);
  profiled.endProfiling();
  const [file] = readdirSync(folder);
  const events = JSON.parse(readFileSync(join(folder, file), "utf8"));
  rmSync(join(folder, file));
  const kinds = {};
  for (const { cat, name, dur, args } of events) {
    if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
    const kind = kindOf(args.op_name);
    kinds[kind] = (kinds[kind] ?? 0) + dur / 1000 / repeats;
  }
  return { milliseconds, compile: median(creating), gflop: program.flops / 1e9, kinds };
}

const network = convnet({});
const values = Object.fromEntries(
  Object.entries(initialize(network, Key.fromSeed(0))).map(([name, { data }]) => [name, data]),
);
const loss = { power: 4, attentionReduction: "sum", attentionNorm: "l2", attentionWeight: 1 };
const objective = attentionObjective(
  network,
  { ...loss, scale: 100, lambda: 0.01, errorType: "mse", layers: [0, 1] },
  true,
);
const square = compile("product", { y: matmul(input("a", [1024, 1024]), input("b", [1024, 1024])) });
const ceiling = await measure(square, {});
const peak = ceiling.gflop / (ceiling.milliseconds / 1000);
const programs = {
  "real pass, 8 images": await measure(totalsProgram(objective, 8, { cpu: true, winograd: true }), values),
  "match, 10 images": await measure(matchProgram(objective, 1, 10, { cpu: true, winogradGradients: true }), values),
  "train, 16 images": await measure(
    trainProgram(network, 16, { cpu: true, winogradForward: true, winogradGradients: true }),
    values,
  ),
};
rmSync(folder, { recursive: true });
for (const result of Object.values(programs)) result.floor = (1000 * result.gflop) / peak;

const report = {
  what: "milliseconds of each program on one thread, by kind of operation",
  command: `node bench/profile.mjs --repeats ${repeats}`,
  machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version },
  gflopPerSecondOfMatrixProduct: peak,
  programs,
};
const text = `${JSON.stringify(report, null, 2)}\n`;
if (flags.out === undefined) process.stdout.write(text);
else {
  mkdirSync(dirname(flags.out), { recursive: true });
  writeFileSync(flags.out, text);
}
