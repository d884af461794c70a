// A plan under faults: workers killed, machines, nodes of Slurm and Redis lost, workers stopped past their lease and
// woken, clocks an hour off, jobs begun twice, a full disk. Whatever happens, the result has the bytes of the run at
// once. Needs `npm run build`; Linux, and for a part root, slurm-wlm, munge and redis-server.
//
//   node scripts/cluster.mjs [--only once,workers,machines,redis,nodes,stops,copies,kinds,jobs,sizes] [--part 1]
//                            [--minutes 10] [--seed 0] [--data-dir DIR] [--jobs 1000] [--ways local,bullmq]
//                            [--record records/cluster.json]
//
// Faults at random moments come round by round until so many have happened as scripts/cluster/random.mjs says, times
// --part. The record grows: the same command goes on from there. Also: each kind of plan on each engine, on the
// CIFAR-10 of --data-dir (`kinds`); what a job costs beside its own work (`jobs`), and what 100,000 jobs cost to plan
// and to look through (`sizes`).

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { kindsOnEngines } from "./cluster/kinds.mjs";
import * as once from "./cluster/once.mjs";
import { FAULTS, hasNamespaces, measureSpan } from "./cluster/random.mjs";
import { costOfJobs, manyJobs } from "./cluster/sizes.mjs";
import { stopSlurm } from "./cluster/slurm.mjs";
import { makePlace } from "./cluster/support.mjs";

const ALL = ["once", ...Object.keys(FAULTS), "kinds", "jobs", "sizes"];
const { values } = parseArgs({
  options: {
    only: { type: "string", default: ALL.join() },
    part: { type: "string", default: "1" },
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "0" },
    "data-dir": { type: "string" },
    jobs: { type: "string", default: "1000" },
    ways: { type: "string", default: "alone,each,local,bullmq" },
    record: { type: "string" },
  },
});
const wanted = values.only.split(",");
const unknown = wanted.find((name) => !ALL.includes(name));
if (unknown !== undefined) throw new Error(`There is no "${unknown}": ${ALL.join(", ")}`);
const until = Date.now() + 60_000 * Number(values.minutes);
const record = recorded();
let stopping = false;
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => (stopping = true));

if (wanted.includes("once")) await doOnce();
try {
  for (const [name, fault] of Object.entries(FAULTS)) if (wanted.includes(name)) await doRounds(name, fault);
  if (wanted.includes("kinds")) await doKinds();
} finally {
  await stopSlurm();
}
if (wanted.includes("jobs")) await doJobs();
if (wanted.includes("sizes")) keep({ sizes: manyJobs() });
const differing = [...record.once, ...record.random].filter(({ same, rounds = 1 }) => Number(same) !== rounds);
if (differing.length > 0 || record.kinds.some(({ same }) => same === false)) process.exitCode = 1;

/** Faults that happen at a chosen moment. */
async function doOnce() {
  const place = makePlace({ iterations: 40, jobs: 5 });
  try {
    for (const [name, fault] of Object.entries(once)) {
      if (record.once.some((one) => one.fault === name && one.same)) continue;
      const began = Date.now();
      const row = { fault: name, ...(await fault(place, name.toLowerCase())) };
      keep({ once: [...record.once.filter((one) => one.fault !== name), { ...row, seconds: secondsSince(began) }] });
      console.log(JSON.stringify(record.once.at(-1)));
    }
  } finally {
    place.remove();
  }
}

/** Faults at random moments, until there were enough of them or the time is over. */
async function doRounds(name, { most, what, round }) {
  const row = record.random.find(({ fault }) => fault === name) ?? empty(name, what, most);
  keep({ random: [...record.random.filter((one) => one !== row), row] });
  row.wanted = Math.ceil(most * Number(values.part));
  if (row.happened >= row.wanted || stopping || Date.now() > until) return;
  if (!hasNamespaces() && ["machines", "copies"].includes(name)) return skip(row, "no namespaces");
  const place = makePlace({ iterations: 12, jobs: 5 });
  try {
    const span = measureSpan(place);
    while (row.happened < row.wanted && !stopping && Date.now() < until) {
      const began = Date.now();
      const random = generator(`${values.seed} ${name} ${row.rounds}`);
      const plan = `${name}-${row.rounds}`;
      const { skipped, happened, same, ...more } = await round(place, plan, { random, span, most: 8 });
      if (skipped !== undefined) return skip(row, skipped);
      row.rounds++;
      row.happened += happened;
      row.same += same ? 1 : 0;
      row.jobs += place.jobs;
      row.seconds += secondsSince(began);
      if (!same) row.faults.push({ round: row.rounds - 1, ...more });
      for (const key of ["whole", "takenOver"]) if (key in more) row[key] = (row[key] ?? 0) + more[key];
      keep({});
      console.log(JSON.stringify({ ...row, last: { happened, same, ...more } }));
      if (same) place.forget(plan);
    }
  } finally {
    if (row.faults.length === 0) place.remove();
    else console.log(`what was found is in ${place.cwd}`);
  }
}

/** Kinds of plans on engines, those that are not recorded yet. */
async function doKinds() {
  const dir = values["data-dir"];
  if (dir === undefined) return console.log("kinds: give --data-dir DIR, a folder with CIFAR-10");
  const isSame = (a, b) => a.what === b.what && a.engine === b.engine;
  await kindsOnEngines({
    ...{ data: { dataset: "cifar10", dir: resolve(dir) }, before: record.kinds, until: () => (stopping ? 0 : until) },
    keep(row) {
      keep({ kinds: [...record.kinds.filter((one) => !isSame(one, row)), row] });
      console.log(JSON.stringify(row));
    },
  });
}

/** What jobs of about a second cost; each way is kept when it is measured. */
async function doJobs() {
  for (const way of values.ways.split(",")) {
    if (Date.now() > until || stopping) return;
    const row = { ...(await costOfJobs(Number(values.jobs), way)), load: Math.round(loadavg()[1]) };
    const unit = "ms a job: by the clock, and of processors; two at once but where it says alone or each";
    keep({ overhead: { ...record.overhead, [way]: row, unit } });
    console.log(way, JSON.stringify(row));
  }
}

function skip(row, why) {
  row.skipped = why;
  keep({});
  console.log(`${row.fault}: ${why}`);
}

function empty(fault, what, most) {
  return { fault, what, wanted: most, happened: 0, rounds: 0, same: 0, jobs: 0, seconds: 0, faults: [] };
}

function recorded() {
  const before = values.record && existsSync(values.record) ? JSON.parse(readFileSync(values.record, "utf8")) : {};
  return { ...before, once: before.once ?? [], random: before.random ?? [], kinds: before.kinds ?? [] };
}

function keep(part) {
  const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), load: Math.round(loadavg()[1]) };
  Object.assign(record, part, { machine: { ...machine, node: process.version }, updated: new Date().toISOString() });
  if (values.record === undefined) return;
  writeFileSync(`${values.record}.part`, `${JSON.stringify(record, undefined, 1)}\n`);
  renameSync(`${values.record}.part`, values.record);
}

function secondsSince(began) {
  return Math.round((Date.now() - began) / 1000);
}

/** The same words give the same numbers from 0 to 1 (mulberry32). */
function generator(words) {
  let state = [...words].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16_777_619), 2_166_136_261);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
