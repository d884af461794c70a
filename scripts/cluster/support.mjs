// What faults of plans share: a place with a job, its run at once, and the programs that are started there.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const CLOCK = new URL("clock.mjs", import.meta.url).href;
/** Seconds without a sign after which a worker counts as gone, here. */
const LEASE = 6;

/** A folder for plans of one job, cut into `jobs`; it was done at once there. */
export function makePlace({ iterations, jobs }) {
  const cwd = mkdtempSync(join(tmpdir(), "cluster-"));
  const { run, ...programs } = placeIn(cwd);
  const place = {
    ...programs,
    jobs,
    run,
    plan(name) {
      must(run("plan", "job.json", "--split", String(jobs), "--out", name, "--no-measure", "--lease", String(LEASE)));
    },
    /** Puts a plan together: whether nothing is lost, nothing is there twice, and bytes are those of the run at once. */
    collected(name) {
      const done = run("collect", name, "--quiet");
      if (done.status !== 0) return { same: false, why: done.stderr.trim() };
      const bytes = (of) => readFileSync(join(cwd, of, "synthetic.safetensors"));
      const same = bytes(`${name}/result`).equals(bytes("single"));
      const twice = range(jobs).filter((index) => !onceEach(join(cwd, name, folderOf(index)), iterations));
      return { jobs, same: same && twice.length === 0, ...(twice.length > 0 && { twice }) };
    },
    done: (name) => programs.doneIn(name) === jobs,
    forget: (name) => rmSync(join(cwd, name), { recursive: true, force: true, maxRetries: 5 }),
    remove: () => rmSync(cwd, { recursive: true, force: true, maxRetries: 5 }),
  };
  writeFileSync(join(cwd, "job.json"), JSON.stringify(job(iterations)));
  must(run("run", "job.json", "--out", "single", "--quiet"));
  return place;
}

/** The command line in a folder, run to its end or started, and how many jobs of a plan there are done. */
export function placeIn(cwd) {
  return {
    cwd,
    run: (...words) => spawnSync(process.execPath, [MAIN, ...words], { cwd, encoding: "utf8", maxBuffer: 2 ** 26 }),
    doneIn: (plan) => count(join(cwd, plan, "marks/done")),
    /** Starts the command line; in the background, in a process namespace of its own, and with a clock of its own. */
    start(words, { env = {}, machine = false, clock = 0, input } = {}) {
      const shifted = clock === 0 ? {} : { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_SHIFT: String(clock) };
      const apart = machine ? ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL"] : [];
      const [program, ...rest] = [...apart, process.execPath, MAIN, ...words];
      const options = {
        cwd,
        env: { ...process.env, ...env, ...shifted },
        stdio: [input ? "pipe" : "ignore", "ignore", "pipe"],
      };
      const child = spawn(program, rest, options);
      child.stdin?.end(input);
      child.said = "";
      child.stderr.on("data", (text) => {
        child.said += text;
      });
      return child;
    },
  };
}

export function job(iterations) {
  return {
    kind: "distill",
    data: { dataset: "builtin" },
    method: { preset: "quick", ipc: 1, iterations, width: 8, batchReal: 8 },
    execution: { workers: 1 },
  };
}

export function folderOf(index) {
  return `jobs/0000/${String(index).padStart(7, "0")}`;
}

/** Whether a job's folder has a row for each iteration, and each once. */
function onceEach(folder, iterations) {
  const rows = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  return rows.map((row) => JSON.parse(row).iteration).join() === range(iterations, 1).join();
}

/** Files of a folder of blocks. */
function count(folder) {
  try {
    // What a kill has left aside is no mark.
    const marks = (block) => readdirSync(join(folder, block)).filter((name) => name.endsWith(".json"));
    return readdirSync(folder).reduce((sum, block) => sum + marks(block).length, 0);
  } catch {
    return 0;
  }
}

export function range(count, first = 0) {
  return Array.from({ length: count }, (_, i) => first + i);
}

export function must({ status, stderr }) {
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
}

export function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => child.on("close", resolve));
}

/** Processes that a process has started (Linux). */
export function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Whether a process was there to be told. */
export function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

export async function until(ready) {
  while (!ready()) await sleep(50);
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis whose data outlives it. Undefined where there is none. */
export async function startRedis(folder) {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const port = await freePort();
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""];
  const begin = () => spawn("redis-server", words, { stdio: "ignore" });
  let server = begin();
  await sleep(1000);
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill("SIGKILL"),
    restart() {
      server = begin();
    },
  };
}
