// What a job costs beside its own work, and what 100,000 of them cost to plan and to look through.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ended, job, makePlace, must, range, sleep, startRedis } from "./support.mjs";

/** 100,000 jobs: planned, looked at with half of them done. */
export function manyJobs() {
  const { cwd, run, remove } = makePlace({ iterations: 1, jobs: 1 });
  try {
    const timed = (...words) => {
      const began = performance.now();
      must(run(...words));
      return Number(((performance.now() - began) / 1000).toFixed(1));
    };
    writeFileSync(join(cwd, "many.json"), JSON.stringify(job(1)));
    // A command line holds 128 kB of one word at most: two keys.
    const vary = ["--vary", `method.batchReal=${range(100, 1)}`, "--vary", `seed=${range(1000)}`];
    const planned = timed("plan", "many.json", ...vary, "--out", "many", "--no-measure");
    for (let block = 0; block < 100; block++) {
      const folder = join(cwd, "many/marks/done", String(block).padStart(4, "0"));
      mkdirSync(folder, { recursive: true });
      for (let i = 0; i < 1000; i += 2) {
        writeFileSync(join(folder, `${String(block * 1000 + i).padStart(7, "0")}.json`), "{}\n");
      }
    }
    return { jobs: 100_000, plan: planned, status: timed("status", "many"), unit: "s" };
  } finally {
    remove();
  }
}

/** Jobs in one process, and in a process for each, to compare engines with: fewer are enough. */
const FEW = { alone: 200, each: 40 };
/** Of a job: it takes about a second on a core that has other work. */
const ITERATIONS = 40;

/**
 * What jobs of a second take, by the way they are done: `alone` one after the other in one process, `each` in a process
 * of its own, by two processes of this machine (`local`), and through BullMQ two at once. Each has one thread.
 */
export async function costOfJobs(count, way) {
  const { cwd, run, start, doneIn, remove } = makePlace({ iterations: 1, jobs: 1 });
  try {
    writeFileSync(join(cwd, "small.json"), JSON.stringify(job(ITERATIONS)));
    const ways = {
      alone: (name, jobs) => ended(start(["worker", name, "--stdin", "--quiet"], { input: range(jobs).join("\n") })),
      each: (name, jobs) => {
        for (const index of range(jobs)) must(run("worker", name, "--index", String(index), "--quiet"));
      },
      local: (name) => ended(start(["submit", name, "--to", "local", "--workers", "2", "--quiet"])),
      bullmq: async (name, jobs) => {
        const server = await startRedis(cwd);
        if (server === undefined) throw new Error("no redis-server here");
        await throughQueue(name, jobs, server);
      },
    };
    const jobs = Math.min(count, FEW[way] ?? count);
    must(run("plan", "small.json", "--vary", `seed=${range(jobs)}`, "--out", way, "--no-measure"));
    const [began, before] = [performance.now(), childrenTime()];
    await ways[way](way, jobs);
    if (doneIn(way) !== jobs) throw new Error(`jobs of ${way} are missing`);
    return { jobs, ...perJob(jobs, began, before) };
    async function throughQueue(name, jobs, { url, kill }) {
      must(run("submit", name, "--to", "bullmq", "--redis", url));
      const worker = start(["worker", "--redis", url, "--jobs", "2", "--quiet"]);
      try {
        while (doneIn(name) < jobs) await sleep(100);
      } finally {
        worker.kill("SIGTERM");
        await ended(worker);
        kill();
      }
    }
  } finally {
    remove();
  }
}

function perJob(count, began, before) {
  const [clock, processors] = [performance.now() - began, childrenTime() - before];
  return { clock: Math.round(clock / count), processors: Math.round(processors / count) };
}

/** Milliseconds of processors that ended children of this process, and theirs, have taken (Linux). */
function childrenTime() {
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[13]) + Number(fields[14]));
}
