// Accuracy of distilled CIFAR-10 at several iteration counts, with the random-real row, as a committed record.
//
//   node bench/accuracy.mjs NAME --data-dir DIR [--config JSON] [--snapshots 0,100,250,500,1000] [--networks 3]
//        [--protocol dm] [--snapshot-protocol quick] [--evaluate-norm instance,batch] [--iterates average,last]
//        [--work runs/accuracy]
//
// Distils to each snapshot, then evaluates each and writes records/accuracy/NAME.json. Killed and started again, it
// resumes: finished snapshots and evaluations are kept. The last snapshot is evaluated under --protocol, the others
// under --snapshot-protocol (iteration 0 under both: with real initial images it is the random-real row). Where the
// configuration averages (it does not unless --config says so), `--iterates average,last` evaluates the last images
// too.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine, readArrays, sayer, withoutPlaces, write, writeArrays } from "./iterates.mjs";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const { createEngine, distill, evaluate, loadDataset, prepare, prepareWith, presets } = await import(
  new URL("index.js", root)
);
const { folderCache } = await import(new URL("lab/node/index.js", root));
const { cacheFolder } = await import(new URL("data/store/cacheFolder.js", root));

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "data-dir": { type: "string" },
    preset: { type: "string", default: "paper" },
    config: { type: "string", default: "{}" },
    snapshots: { type: "string", default: "0,100,250,500,1000" },
    networks: { type: "string", default: "3" },
    protocol: { type: "string", default: "dm" },
    "snapshot-protocol": { type: "string", default: "quick" },
    "evaluate-norm": { type: "string" },
    iterates: { type: "string" },
    workers: { type: "string", default: "2" },
    work: { type: "string", default: "runs/accuracy" },
    records: { type: "string", default: "records/accuracy" },
  },
});
const [name] = positionals;
if (name === undefined) throw new Error("usage: node bench/accuracy.mjs NAME --data-dir DIR [options]");
const folder = join(flags.work, name);
mkdirSync(folder, { recursive: true });
mkdirSync(flags.records, { recursive: true });

const say = sayer(name);

const { train, test } = await loadDataset("cifar10", { dir: flags["data-dir"] });
const config = { ...presets[flags.preset], averaging: false, seed: 0, ...JSON.parse(flags.config) };
const averages = typeof config.averaging === "number";
const snapshots = flags.snapshots.split(",").map(Number);
const engine = await createEngine({ workers: Number(flags.workers) });
const zca = config.zca === false ? false : { eps: config.zcaEps ?? 0.1 };
say("preparing");
const prepared = await prepare(train, { zca, cache: folderCache(cacheFolder(), say) });

const statePath = (iteration) => join(folder, `state-${iteration}`);
const loadState = (iteration) => {
  const [images, momentum, average] = readArrays(statePath(iteration), averages ? 3 : 2);
  const classes = prepared.classNames.map((_, c) => c);
  return { iteration, classes, images, momentum, ...(average && { average }) };
};
const secondsPath = join(folder, "seconds.json");
const timing = existsSync(secondsPath) ? JSON.parse(readFileSync(secondsPath, "utf8")) : {};

let resume;
/** By iteration: the set of the configuration, and the last iterate, which without averaging is the same. */
const sets = new Map();
for (const iterations of snapshots) {
  const path = statePath(iterations);
  if (!existsSync(path)) {
    const run = distill(prepared, { ...config, iterations, engine, ...(resume ? { resume } : {}) });
    const seconds = [];
    for await (const event of run) {
      seconds.push(event.seconds);
      if (event.iteration % 50 === 0)
        say(`iteration ${event.iteration}, loss ${event.loss.toFixed(3)}, ${event.seconds.toFixed(2)} s`);
    }
    await run.result;
    const { images, momentum, average } = run.state();
    timing[iterations] = seconds.toSorted((a, b) => a - b)[seconds.length >> 1];
    write(secondsPath, JSON.stringify(timing));
    writeArrays(path, [images, momentum, ...(average ? [average] : [])]);
  }
  resume = loadState(iterations);
  const average = await distill(prepared, { ...config, iterations, engine, resume }).result;
  const last = { ...average, images: resume.images };
  sets.set(iterations, { average, last });
}

const recordPath = join(flags.records, `${name}.json`);
const earlier = existsSync(recordPath) ? JSON.parse(readFileSync(recordPath, "utf8")) : {};
const command = ["node bench/accuracy.mjs", ...withoutPlaces(process.argv.slice(2)), "--data-dir DIR"].join(" ");
const record = {
  commands: [...new Set([...(earlier.commands ?? [earlier.command ?? []].flat()), command])],
  config: { ...sets.get(snapshots.at(-1)).average.provenance },
  machine: machine(),
  secondsPerIteration: timing,
  results: earlier.results ?? [],
};
const preparedTest = await prepareWith(prepared.preprocessing, test);
const last = snapshots.at(-1);
const norms = flags["evaluate-norm"]?.split(",") ?? [config.norm];
const iterates = flags.iterates?.split(",") ?? [averages ? "average" : "last"];
const tasks = norms.flatMap((norm) =>
  iterates.flatMap((iterate) => [
    { iteration: last, protocol: flags.protocol, norm, iterate },
    ...(snapshots.includes(0) ? [{ iteration: 0, protocol: flags.protocol, norm, iterate }] : []),
    ...snapshots.map((iteration) => ({ iteration, protocol: flags["snapshot-protocol"], norm, iterate })),
  ]),
);
for (const { iteration, protocol, norm, iterate } of tasks) {
  const known = record.results.some(
    (r) =>
      r.iteration === iteration && r.protocol === protocol && r.norm === norm && (r.iterate ?? iterates[0]) === iterate,
  );
  if (known) continue;
  const { mean, std, accuracies, seconds } = await evaluate(sets.get(iteration)[iterate], preparedTest, {
    networks: Number(flags.networks),
    protocol,
    norm,
    seed: 0,
    engine,
  });
  say(
    `iteration ${iteration}, ${protocol}, ${norm}, ${iterate}: ` +
      `${mean.toFixed(2)} ± ${std.toFixed(2)} (${seconds.toFixed(0)} s)`,
  );
  record.results.push({ iteration, protocol, norm, iterate, mean, std, accuracies, seconds });
  write(recordPath, `${JSON.stringify(record, null, 2)}\n`);
}
await engine.close();
