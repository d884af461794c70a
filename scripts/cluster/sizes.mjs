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

/** Jobs that choose ten images at random, one after the other: by engines, and in one process. */
export async function costOfJobs(count) {
  const { cwd, run, start, done, remove } = makePlace({ iterations: 1, jobs: count });
  try {
    const small = { kind: "select", data: { dataset: "builtin" }, method: { name: "random", ipc: 1 } };
    writeFileSync(join(cwd, "small.json"), JSON.stringify(small));
    const timed = async (name, work) => {
      must(run("plan", "small.json", "--vary", `seed=${range(count)}`, "--out", name, "--no-measure"));
      const [began, before] = [performance.now(), childrenTime()];
      await work(name);
      if (!done(name)) throw new Error(`jobs of ${name} are missing`);
      return perJob(count, began, before);
    };
    const alone = await timed("alone", async (name) => {
      const worker = start(["worker", name, "--stdin", "--quiet"], { input: range(count).join("\n") });
      await ended(worker);
    });
    // A process for each, as plans were done before processes took one job after another.
    const some = Math.min(count, 20);
    must(run("plan", "small.json", "--vary", `seed=${range(some)}`, "--out", "each", "--no-measure"));
    const [began, before] = [performance.now(), childrenTime()];
    for (const index of range(some)) must(run("worker", "each", "--index", String(index), "--quiet"));
    const each = perJob(some, began, before);
    const local = await timed("local", (name) => ended(start(["submit", name, "--to", "local", "--quiet"])));
    const server = await startRedis(cwd);
    const bullmq = server && (await timed("bullmq", (name) => throughQueue(name, server)));
    return {
      jobs: count,
      alone,
      each,
      local,
      bullmq,
      unit: "ms a job, one at a time: by the clock, and of processors",
    };
    async function throughQueue(name, { url, kill }) {
      must(run("submit", name, "--to", "bullmq", "--redis", url));
      const worker = start(["worker", "--redis", url, "--quiet"]);
      try {
        while (!done(name)) await sleep(20);
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
