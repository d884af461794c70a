// A distillation from a bank, whole: bank, distillation, evaluation; each planned before, then run and timed, as a
// committed record. The same command resumes it.
//
//   node bench/banks.mjs NAME --dataset cifar10 --data-dir DIR --ipc 1 [--networks 200] [--draws 1] [--iterations 8000]
//     [--seed 0] [--set key=value]... [--hold-out N] [--protocol dm] [--evaluations 3] [--bank DIR] [--no-plan]
//     [--work runs/banks]
//
// Writes records/banks/NAME.json: for each phase the plan's seconds and MB, what it took, and the accuracies of the set,
// of random images and of chosen ones. A phase that was stopped has the seconds of all its parts. Wants a quiet machine.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hoursOf, machine, measured } from "./commands.mjs";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    dataset: { type: "string", default: "cifar10" },
    "data-dir": { type: "string" },
    ipc: { type: "string", default: "1" },
    networks: { type: "string", default: "200" },
    draws: { type: "string", default: "1" },
    iterations: { type: "string", default: "8000" },
    seed: { type: "string", default: "0" },
    set: { type: "string", multiple: true, default: [] },
    "hold-out": { type: "string" },
    protocol: { type: "string", default: "dm" },
    evaluations: { type: "string", default: "3" },
    bank: { type: "string" },
    plan: { type: "boolean", default: true },
    work: { type: "string", default: "runs/banks" },
    records: { type: "string", default: "records/banks" },
  },
});
const [name] = positionals;
if (name === undefined) throw new Error("usage: node bench/banks.mjs NAME --data-dir DIR --ipc N [options]");
mkdirSync(flags.work, { recursive: true });
mkdirSync(flags.records, { recursive: true });

const state = join(flags.work, `${name}.phases.json`);
/** Phases by name, as far as they were planned or done: what a later call goes on from. */
const phases = existsSync(state) ? JSON.parse(readFileSync(state, "utf8")) : {};

function keep(phase, value) {
  phases[phase] = value;
  writeFileSync(state, JSON.stringify(phases));
}

/**
 * A phase: its plan, what it took, and what is kept of its result. `before` gives the seconds of its parts in earlier
 * calls, from the result.
 */
async function phase(name, words, content, before) {
  const command = `datadam ${words.join(" ")}`;
  if (phases[name]?.command === command && phases[name].seconds !== undefined) return;
  process.stderr.write(`${words[0]} ...\n`);
  const resumed = phases[name]?.command === command;
  if (!resumed) {
    const planned = flags.plan ? (await measured([...words, "--plan"])).result : undefined;
    const plan = planned && {
      seconds: Math.round(planned.total.seconds),
      megabytes: planned.total.memory && Math.round(planned.total.memory / 2 ** 20),
      phases: planned.phases.map(({ name, seconds }) => ({ name, seconds: Math.round(seconds) })),
    };
    keep(name, { command, plan });
  }
  const { result, seconds, megabytes } = await measured(words);
  const all = resumed ? Number(before(result).toFixed(1)) : seconds;
  keep(name, { ...phases[name], ...(resumed && { resumed }), seconds: all, megabytes, ...content(result) });
}

const data = [
  ...["--dataset", flags.dataset],
  ...(flags["data-dir"] === undefined ? [] : ["--data-dir", flags["data-dir"]]),
  ...(flags["hold-out"] === undefined ? [] : ["--hold-out", flags["hold-out"]]),
];
const keys = flags.set.flatMap((assignment) => ["--set", assignment]);
const bank = flags.bank ?? join(flags.work, `${name}-bank`);
const out = join(flags.work, name);
const record = join(flags.records, `${name}.json`);
const size = ["--networks", flags.networks, "--draws", flags.draws];
const events = (folder) => () => hoursOf(folder) * 3600;
const making = ["bank", ...data, ...keys, ...size, "--seed", flags.seed, "--out", bank];
await phase("bank", making, ({ networks, draws, bytes }) => ({ networks, draws, bytes }), events(bank));
const distilling = ["--bank", bank, "--ipc", flags.ipc, "--iterations", flags.iterations, "--seed", flags.seed];
await phase(
  "distill",
  ["distill", ...distilling, ...keys, "--out", out],
  ({ images, iteration, loss }) => ({ images, iteration, loss }),
  events(out),
);
const accuracy = ({ mean, std, accuracies, seconds }) => ({ mean, std, accuracies, seconds });
await phase(
  "evaluate",
  ["evaluate", out, "--protocol", flags.protocol, "--networks", flags.evaluations],
  ({ distilled, random, chosen }) => ({
    distilled: accuracy(distilled),
    ...(random && { random: accuracy(random) }),
    ...(chosen && { chosen: { method: chosen.method, ...accuracy(chosen) } }),
  }),
  ({ distilled, random, chosen }) => [distilled, random, chosen].reduce((sum, row) => sum + (row?.seconds ?? 0), 0),
);
const content = {
  command: `node bench/banks.mjs ${process.argv.slice(2).join(" ")}`,
  machine,
  images: flags["hold-out"] === undefined ? "test" : "held out",
  epoch: "last",
  phases,
};
const text = JSON.stringify(content, undefined, 2);
writeFileSync(record, `${text.replaceAll(flags["data-dir"] ?? "\0", "DIR").replaceAll(flags.work, "runs/banks")}\n`);
const { distilled, random } = phases.evaluate;
const shown = ({ mean, std }) => `${mean.toFixed(1)} +- ${(std ?? 0).toFixed(1)}`;
console.log(`${record}: distilled ${shown(distilled)}, random ${random === undefined ? "-" : shown(random)}`);
