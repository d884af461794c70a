// Each kind of plan on each engine: the bytes of the job done at once.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hurry, said, theSlurm } from "./slurm.mjs";
import { ended, must, placeIn, range, sleep, startRedis } from "./support.mjs";

/** Networks and runs are small: what is shown is that bytes are the same. */
const SMALL = { width: 8, batchReal: 16, iterations: 6, zca: false };
const ONE = { execution: { workers: 1 } };

/** What is planned, how it is cut, and what of a folder follows from the job alone. */
function kindsOn(data) {
  const { dataset, ...place } = data;
  const method = { preset: "quick", ipc: 1, ...SMALL };
  return {
    "ten shards of classes, IPC 1": {
      job: { kind: "distill", data, method, ...ONE },
      cut: ["--split", "10"],
      files: /^(synthetic\.safetensors|grid\.png)$/,
    },
    "a table of 12 cells": {
      job: { kind: "table", dataset, data: place, ...CELLS, ...ONE },
      cut: ["--split", "12"],
      files: /^records\/.*\.json$|\/synthetic\.safetensors$/,
    },
    "a bank of 8 networks": {
      job: { kind: "bank", data, method: { ...method, networks: 8, draws: 1 }, ...ONE },
      cut: ["--split", "8"],
      files: /\.safetensors$|spec\.json$/,
    },
    "a sweep of 6 seeds": {
      job: { kind: "distill", data, method, ...ONE },
      cut: ["--vary", `seed=${range(6)}`],
      files: /^synthetic\.safetensors$/,
      points: range(6),
    },
  };
}

/** Three rows, two columns, two seeds. */
const CELLS = {
  ...{ seeds: [0, 1], networks: 1, epochs: 2, width: 8, depth: 2, config: SMALL },
  columns: [1, 2].map((ipc) => ({ name: `IPC ${ipc}`, ipc })),
  rows: [
    { name: "datadam", distill: "datadam", preset: "quick" },
    { name: "dm", distill: "dm" },
    { name: "random", select: "random" },
  ],
};

const ENGINES = { local: byProcesses, bullmq: byQueue, slurm: bySlurm };

/**
 * @param data a data set, as jobs name it
 * @param before rows that were the same are not done again
 * @param until gives the time after which nothing more is begun
 * @param keep takes each row
 */
export async function kindsOnEngines({ data, engines = Object.keys(ENGINES), before = [], until, keep }) {
  const cwd = mkdtempSync(join(tmpdir(), "kinds-"));
  const place = placeIn(cwd);
  try {
    for (const [what, one] of Object.entries(kindsOn(data))) {
      const missing = engines.filter(
        (engine) => !before.some((row) => row.what === what && row.engine === engine && row.same),
      );
      if (missing.length === 0) continue;
      const name = what.replaceAll(/\W+/g, "-");
      writeFileSync(join(cwd, `${name}.json`), JSON.stringify(one.job));
      const wanted = atOnce(place, name, one);
      for (const engine of missing) {
        if (Date.now() > until()) return;
        const plan = `${name}-${engine}`;
        must(place.run("plan", `${name}.json`, ...one.cut, "--out", plan, "--no-measure", "--quiet"));
        const { jobs } = JSON.parse(place.run("status", plan, "--json").stdout);
        const began = Date.now();
        const skipped = await ENGINES[engine](place, plan, jobs);
        const seconds = Math.round((Date.now() - began) / 1000);
        if (skipped !== undefined) keep({ what, engine, skipped });
        else keep({ what, engine, jobs, ...compared(place, plan, one, wanted), seconds });
      }
      rmSync(join(cwd, name), { recursive: true, force: true });
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The files of the job at once; of a sweep, of each point at once. */
function atOnce({ cwd, run }, name, { job, points = [undefined], files }) {
  return points.map((seed) => {
    const single = `${name}/${seed ?? "all"}`;
    writeFileSync(join(cwd, "single.json"), JSON.stringify({ ...job, ...(seed !== undefined && { seed }) }));
    must(run("run", "single.json", "--out", single, "--quiet"));
    return filesIn(join(cwd, single), files);
  });
}

/** Whether what a plan was collected to has the same files with the same bytes. */
function compared({ cwd, run }, plan, { files }, wanted) {
  must(run("collect", plan, "--quiet"));
  const result = join(cwd, plan, "result");
  const list = () => JSON.parse(readFileSync(join(result, "sweep.json"), "utf8")).points;
  const folders = wanted.length === 1 ? [result] : list().map(({ folder }) => join(cwd, plan, folder));
  const found = folders.map((folder) => filesIn(folder, files));
  const differing = wanted.flatMap((one, i) => {
    const names = new Set([...Object.keys(one), ...Object.keys(found[i] ?? {})]);
    return [...names].filter((name) => one[name] === undefined || found[i]?.[name]?.equals(one[name]) !== true);
  });
  const count = wanted.reduce((sum, one) => sum + Object.keys(one).length, 0);
  return { files: count, same: count > 0 && differing.length === 0, ...(differing.length > 0 && { differing }) };
}

/** Files below a folder by their paths in it; checkpoints are of the way, not of the result. */
function filesIn(folder, wanted) {
  const names = readdirSync(folder, { recursive: true }).map(String);
  const kept = names.filter((name) => wanted.test(name) && !name.includes("checkpoints/"));
  return Object.fromEntries(kept.map((name) => [name, readFileSync(join(folder, name))]));
}

async function byProcesses({ run }, plan) {
  must(run("submit", plan, "--to", "local", "--workers", "2", "--quiet"));
}

async function byQueue({ run, start, cwd, doneIn }, plan, jobs) {
  const server = await startRedis(cwd);
  if (server === undefined) return "no redis-server";
  const worker = start(["worker", "--redis", server.url, "--jobs", "2", "--workers", "1", "--quiet"]);
  try {
    must(run("submit", plan, "--to", "bullmq", "--redis", server.url));
    while (doneIn(plan) < jobs && worker.exitCode === null) await sleep(100);
  } finally {
    worker.kill("SIGTERM");
    await ended(worker);
    server.kill();
  }
}

async function bySlurm({ start, doneIn }, plan, jobs) {
  const engine = await theSlurm();
  if (engine === undefined) return "no Slurm here";
  await ended(start(["submit", plan, "--to", "slurm"], { env: engine.env }));
  // The last job in the queue is the collector.
  while (doneIn(plan) < jobs || said(engine, "squeue", "-h") !== "") {
    hurry(engine);
    await sleep(500);
    if (said(engine, "squeue", "-h") === "") return;
  }
}
