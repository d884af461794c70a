// A plan under faults: workers killed, stopped past their lease and woken, doubled, a full disk, a Redis that restarts.
// Whatever happens, the result has the bytes of the run at once. Needs `npm run build`.
//
//   node scripts/cluster.mjs [--kills 60] [--minutes 8] [--write records/cluster.json]
//
// Also: what 100,000 jobs cost to plan and to look through, and what a job costs beside its own work.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "60" },
    minutes: { type: "string", default: "8" },
    write: { type: "string" },
    only: { type: "string" },
  },
});
/** Seconds without a sign after which a worker counts as gone, here. */
const LEASE = 6;
/** Shards of classes. */
const JOBS = 5;
const cwd = mkdtempSync(join(tmpdir(), "cluster-"));
const started = Date.now();
const rows = [];

const job = (iterations) => ({
  kind: "distill",
  data: { dataset: "builtin" },
  method: { preset: "quick", ipc: 1, iterations, width: 8, batchReal: 8 },
  execution: { workers: 1 },
});

try {
  writeFileSync(join(cwd, "job.json"), JSON.stringify(job(40)));
  must(run("run", "job.json", "--out", "single", "--quiet"));
  const faults = { kills, stopped, doubled, preempted, fullDisk, redisRestarts };
  for (const [name, fault] of Object.entries(faults)) {
    if (values.only !== undefined && values.only !== name) continue;
    const began = Date.now();
    const row = await fault(`plan-${name.toLowerCase()}`);
    row.seconds = Math.round((Date.now() - began) / 1000);
    rows.push({ fault: name, ...row });
    console.log(JSON.stringify(rows.at(-1)));
  }
  const sizes = values.only === undefined || values.only === "sizes" ? manyJobs() : undefined;
  if (sizes !== undefined) console.log(JSON.stringify(sizes));
  if (values.write !== undefined) {
    const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), load: Math.round(loadavg()[1]) };
    const record = { created: new Date().toISOString(), machine: { ...machine, node: process.version }, rows, sizes };
    writeFileSync(values.write, `${JSON.stringify(record, undefined, 1)}\n`);
  }
  if (rows.some(({ same }) => !same)) process.exitCode = 1;
} finally {
  rmSync(cwd, { recursive: true, force: true });
}

/** Workers are killed at random moments, until so many have been, or the time is over. */
async function kills(name) {
  plan(name);
  const submit = start("submit", name, "--to", "local", "--workers", "2", "--retries", "1000", "--quiet");
  const most = Number(values.kills);
  let killed = 0;
  while (submit.exitCode === null && killed < most && Date.now() - started < Number(values.minutes) * 60_000) {
    await sleep(1000 + Math.random() * 5000);
    for (const pid of childrenOf(submit.pid)) {
      if (Math.random() < 0.5) continue;
      try {
        process.kill(pid, "SIGKILL");
        killed++;
      } catch {}
    }
  }
  await ended(submit);
  return { killed, ...collected(name) };
}

/** A worker stands still past its lease, another does its job, and it wakes. */
async function stopped(name) {
  plan(name);
  const first = start("worker", name, "--index", "3", "--progress", "plain");
  await until(() => first.said.includes("distilling") || first.exitCode !== null);
  first.kill("SIGSTOP");
  const second = run("worker", name, "--index", "3", "--quiet");
  const before = readFileSync(join(cwd, name, "jobs/0000/0000003/synthetic.safetensors"));
  first.kill("SIGCONT");
  const code = await ended(first);
  const after = readFileSync(join(cwd, name, "jobs/0000/0000003/synthetic.safetensors"));
  must(run("submit", name, "--to", "local", "--workers", "2", "--quiet"));
  return { taken: second.status, woken: code, unchanged: before.equals(after), ...collected(name) };
}

/** Every job twice at once. */
async function doubled(name) {
  plan(name);
  const two = [1, 2].map(() => start("submit", name, "--to", "local", "--workers", "2", "--quiet"));
  const codes = await Promise.all(two.map(ended));
  return { codes, ...collected(name) };
}

/** SIGUSR1 to a worker, as Slurm sends it. */
async function preempted(name) {
  plan(name);
  const worker = start("worker", name, "--index", "0", "--progress", "plain");
  await until(() => worker.said.includes("distilling") || worker.exitCode !== null);
  worker.kill("SIGUSR1");
  const code = await ended(worker);
  must(run("submit", name, "--to", "local", "--workers", "2", "--quiet"));
  return { code, ...collected(name) };
}

/** A disk of a few hundred kilobytes, which is then made larger. */
async function fullDisk(name) {
  const place = join(cwd, name);
  mkdirSync(place);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", place]).status !== 0) {
    return { skipped: "a tmpfs needs root", same: true };
  }
  try {
    plan(`${name}/plan`);
    const full = run("submit", `${name}/plan`, "--to", "local", "--workers", "2", "--retries", "0", "--quiet");
    const { counts, failed } = JSON.parse(run("status", `${name}/plan`, "--json").stdout);
    must(spawnSync("mount", ["-o", "remount,size=100m", place]));
    must(run("submit", `${name}/plan`, "--to", "local", "--workers", "2", "--quiet"));
    return { code: full.status, failed: counts.failed, why: failed[0]?.code, ...collected(`${name}/plan`) };
  } finally {
    spawnSync("umount", ["-l", place]);
  }
}

/** Redis is killed and started again while workers of its queue are killed. */
async function redisRestarts(name) {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return { skipped: "no redis-server", same: true };
  plan(name);
  const port = await freePort();
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--dir", cwd, "--appendonly", "yes", "--save", ""];
  const redis = () => spawn("redis-server", words, { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  let server = redis();
  await sleep(1000);
  let worker;
  let restarts = 0;
  try {
    must(run("submit", name, "--to", "bullmq", "--redis", url));
    worker = start("worker", "--redis", url, "--jobs", "2", "--progress", "plain");
    for (; restarts < 3; restarts++) {
      await sleep(8000);
      server.kill("SIGKILL");
      await sleep(500);
      server = redis();
    }
    must(run("collect", name, "--wait", "--quiet"));
    worker.kill("SIGTERM");
    return { restarts, worker: await ended(worker), ...collected(name) };
  } finally {
    worker?.kill("SIGKILL");
    server.kill("SIGKILL");
  }
}

/** 100,000 jobs: planned, looked at, one of them found. */
function manyJobs() {
  const seeds = Array.from({ length: 100_000 }, (_, seed) => seed).join(",");
  // A command line holds 128 kB of one word at most: two keys instead.
  const some = seeds.split(",").slice(0, 1000).join(",");
  const other = Array.from({ length: 100 }, (_, i) => 1 + i).join(",");
  const timed = (...words) => {
    const began = performance.now();
    must(run(...words));
    return Number(((performance.now() - began) / 1000).toFixed(1));
  };
  writeFileSync(join(cwd, "many.json"), JSON.stringify(job(1)));
  const vary = ["--vary", `method.batchReal=${other}`, "--vary", `seed=${some}`];
  const planned = timed("plan", "many.json", ...vary, "--out", "many", "--no-measure");
  for (let block = 0; block < 100; block++) {
    const folder = join(cwd, "many/marks/done", String(block).padStart(4, "0"));
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < 1000; i += 2) {
      writeFileSync(join(folder, `${String(block * 1000 + i).padStart(7, "0")}.json`), "{}\n");
    }
  }
  return { jobs: 100_000, plan: planned, status: timed("status", "many"), unit: "s" };
}

function plan(name) {
  must(run("plan", "job.json", "--split", String(JOBS), "--out", name, "--no-measure", "--lease", String(LEASE)));
}

function collected(name) {
  const done = run("collect", name, "--quiet");
  if (done.status !== 0) return { same: false, why: done.stderr.trim() };
  const bytes = (of) => readFileSync(join(cwd, of, "synthetic.safetensors"));
  return { jobs: JOBS, same: bytes(`${name}/result`).equals(bytes("single")) };
}

function run(...words) {
  return spawnSync(process.execPath, [MAIN, ...words], { cwd, encoding: "utf8" });
}

function must({ status, stderr }) {
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
}

function start(...words) {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, stdio: ["ignore", "ignore", "pipe"] });
  child.said = "";
  child.stderr.on("data", (text) => {
    child.said += text;
  });
  return child;
}

function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => child.on("close", resolve));
}

/** Processes that a process has started (Linux). */
function childrenOf(pid) {
  const text = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
  return text.trim().split(/\s+/).filter(Boolean).map(Number);
}

async function until(ready) {
  while (!ready()) await sleep(50);
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
