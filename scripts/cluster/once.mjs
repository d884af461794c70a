// Faults that are made to happen at a chosen moment, once each.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { childrenOf, ended, folderOf, must, signal, startRedis, until } from "./support.mjs";

const LOCAL = ["--to", "local", "--workers", "2", "--quiet"];

/** A worker stands still past its lease, another does its job, and it wakes. */
export async function stopped({ plan, start, run, cwd, collected }, name) {
  plan(name);
  const first = start(["worker", name, "--index", "3", "--progress", "plain"]);
  await until(() => first.said.includes("distilling") || first.exitCode !== null);
  first.kill("SIGSTOP");
  const second = run("worker", name, "--index", "3", "--quiet");
  const file = join(cwd, name, folderOf(3), "synthetic.safetensors");
  const before = readFileSync(file);
  first.kill("SIGCONT");
  const code = await ended(first);
  const after = readFileSync(file);
  must(run("submit", name, ...LOCAL));
  return { taken: second.status, woken: code, unchanged: before.equals(after), ...collected(name) };
}

/** Every job twice at once. */
export async function doubled({ plan, start, collected }, name) {
  plan(name);
  const two = [1, 2].map(() => start(["submit", name, ...LOCAL]));
  const codes = await Promise.all(two.map(ended));
  return { codes, ...collected(name) };
}

/** SIGUSR1 to a worker, as Slurm sends it. */
export async function preempted({ plan, start, run, collected }, name) {
  plan(name);
  const worker = start(["worker", name, "--index", "0", "--progress", "plain"]);
  await until(() => worker.said.includes("distilling") || worker.exitCode !== null);
  worker.kill("SIGUSR1");
  const code = await ended(worker);
  must(run("submit", name, ...LOCAL));
  return { code, ...collected(name) };
}

/** A worker of the queue is killed with all that it runs: its jobs stall, and go to another one. */
export async function lostWorker({ plan, start, run, cwd, done, collected }, name) {
  const server = await startRedis(cwd);
  if (server === undefined) return { skipped: "no redis-server", same: true };
  plan(name);
  must(run("submit", name, "--to", "bullmq", "--redis", server.url));
  const words = ["worker", "--redis", server.url, "--progress", "plain"];
  const first = start(words);
  await until(() => first.said.includes("begins") || first.exitCode !== null);
  for (const pid of [...childrenOf(first.pid), first.pid]) signal(pid, "SIGKILL");
  const taken = first.said.split("begins").length - 1;
  const second = start(words);
  try {
    await until(() => done(name) || second.exitCode !== null);
    return { taken, ...collected(name) };
  } finally {
    second.kill("SIGTERM");
    await ended(second);
    server.kill();
  }
}

/** A disk of a few hundred kilobytes, which is then made larger. */
export async function fullDisk({ plan, run, cwd, collected }, name) {
  const place = join(cwd, name);
  mkdirSync(place);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", place]).status !== 0) {
    return { skipped: "a tmpfs needs root", same: true };
  }
  try {
    plan(`${name}/plan`);
    const full = run("submit", `${name}/plan`, ...LOCAL, "--retries", "0");
    const { counts, failed } = JSON.parse(run("status", `${name}/plan`, "--json").stdout);
    must(spawnSync("mount", ["-o", "remount,size=100m", place]));
    must(run("submit", `${name}/plan`, ...LOCAL));
    return { code: full.status, failed: counts.failed, why: failed[0]?.code, ...collected(`${name}/plan`) };
  } finally {
    spawnSync("umount", ["-l", place]);
  }
}
