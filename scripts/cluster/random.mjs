// Faults at random moments. A round is a plan that is done under them; then nothing may be lost, nothing be there
// twice, and the bytes be those of the run at once.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hurry, said, theSlurm } from "./slurm.mjs";
import { childrenOf, ended, must, range, signal, sleep, startRedis } from "./support.mjs";

/** How often a process is looked for, in milliseconds. */
const LOOK = 20;
/** Jobs that failed are tried again for ever: kills are no fault of theirs. */
const RETRIES = ["--retries", "1000", "--quiet"];
const HOUR = 3600;
/** Milliseconds after which Slurm's controller believes a node that a batch job is not there. */
const FORGOTTEN = 25_000;

/** What happens in a round of each fault, and how often in all. */
export const FAULTS = {
  workers: { most: 100, what: "a worker, or the command that started it, ended by SIGKILL or SIGTERM", round: workers },
  machines: { most: 20, what: "all processes of one of two machines killed, whose clock is an hour off", round: machines }, // biome-ignore format: a list
  redis: { most: 30, what: "Redis killed and restarted; its workers killed too, one with a clock an hour off", round: redis }, // biome-ignore format: a list
  nodes: { most: 20, what: "slurmd killed and restarted, alone or with all that its node runs", round: nodes },
  stops: { most: 15, what: "a worker stopped past its lease, its job done by another, then woken", round: stops },
  copies: { most: 15, what: "a job begun twice, by workers that cannot see each other's process", round: copies },
};

/** Kills what a process has started, each at a random moment of its first `span` milliseconds. */
function killing(parent, { random, span, most, names = ["SIGKILL", "SIGTERM"] }) {
  const seen = new Set();
  const timers = [];
  let kills = 0;
  const look = setInterval(() => {
    for (const pid of childrenOf(parent())) {
      if (seen.has(pid)) continue;
      seen.add(pid);
      const name = names[Math.floor(random() * names.length)];
      const end = () => {
        if (kills < most && childrenOf(parent()).includes(pid) && signal(pid, name)) kills++;
      };
      timers.push(setTimeout(end, random() * span));
    }
  }, LOOK);
  return {
    get kills() {
      return kills;
    },
    stop() {
      clearInterval(look);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

async function workers({ plan, start, collected }, name, { random, span, most }) {
  plan(name);
  const words = ["submit", name, "--to", "local", "--workers", "2", ...RETRIES];
  let submit = start(words);
  const children = killing(() => submit.pid, { random, span, most });
  let own = 0;
  for (let tries = 0; tries < 20; tries++) {
    // Now and then the command itself is killed, and given again; what it has started goes on without it.
    const dies = tries < 2 && setTimeout(() => signal(submit.pid, "SIGKILL") && own++, random() * 3 * span);
    const code = await ended(submit);
    clearTimeout(dies);
    if (code === 0) break;
    submit = start(words);
  }
  children.stop();
  return { happened: children.kills + own, ...collected(name) };
}

async function machines({ plan, start, collected, done }, name, { random, span, most }) {
  plan(name);
  const clocks = [random() < 0.5 ? HOUR : -HOUR, 0];
  const boot = (i) => start(["submit", name, "--to", "local", ...RETRIES], { machine: true, clock: clocks[i] });
  const both = clocks.map((_, i) => boot(i));
  let happened = 0;
  while (!done(name) && happened < most) {
    await sleep(random() * 2 * span);
    const i = Math.floor(random() * 2);
    if (done(name)) break;
    // Its namespace goes with it.
    if (both[i].exitCode === null && signal(both[i].pid, "SIGKILL")) happened++;
    await ended(both[i]);
    both[i] = boot(i);
  }
  const codes = await Promise.all(both.map(ended));
  return { happened, ...(codes.some((code) => code !== 0) && { codes }), ...collected(name) };
}

async function redis({ plan, start, run, collected, done, cwd }, name, { random, span, most }) {
  const server = await startRedis(cwd);
  if (server === undefined) return { skipped: "no redis-server" };
  plan(name);
  const submit = ["submit", name, "--to", "bullmq", "--redis", server.url, "--retries", "1000"];
  const words = ["worker", "--redis", server.url, "--progress", "plain"];
  const clocks = [random() < 0.5 ? HOUR : -HOUR, 0];
  const both = clocks.map((clock) => start(words, { clock }));
  const children = both.map((worker) => killing(() => worker.pid, { random, span, most: 2, names: ["SIGKILL"] }));
  let happened = 0;
  try {
    must(run(...submit));
    for (let tries = 0; !done(name) && tries < 200; tries++) {
      await sleep(random() * span);
      if (happened >= most || done(name)) continue;
      server.kill();
      happened++;
      await sleep(random() * 1000);
      server.restart();
    }
    const left = done(name) ? {} : { why: both.map(({ said }) => said.slice(-500)) };
    for (const worker of both) worker.kill("SIGTERM");
    const codes = await Promise.all(both.map(ended));
    return { happened, ...left, ...(codes.some((code) => code !== 75 && code !== 0) && { codes }), ...collected(name) };
  } finally {
    for (const one of children) one.stop();
    for (const worker of both) worker.kill("SIGKILL");
    server.kill();
  }
}

async function nodes({ plan, start, run, collected, done, cwd }, name, { random, span, most }) {
  const engine = await theSlurm();
  if (engine === undefined) return { skipped: "no Slurm here" };
  plan(name);
  await ended(start(["submit", name, "--to", "slurm"], { env: engine.env }));
  let happened = 0;
  let whole = 0;
  const lost = new Map();
  for (let tries = 0; !done(name) && tries < 300; tries++) {
    await sleep(random() * span);
    if (happened < most && !done(name)) {
      const number = random() < 0.5 ? 1 : 2;
      if (random() < 0.5 && killJobsOf(`n${number}`, engine.env.SLURM_CONF) > 0) {
        whole++;
        lost.set(number, Date.now());
      }
      engine.restartNode(number);
      happened++;
    }
    // The controller asks a node now and then what runs there. A daemon that begins says so at once.
    for (const [number, time] of lost) {
      if (Date.now() - time < FORGOTTEN) continue;
      lost.delete(number);
      engine.restartNode(number);
    }
    hurry(engine);
  }
  // The collector of Slurm itself may still run.
  for (let tries = 0; tries < 300 && said(engine, "squeue", "-h") !== ""; tries++) {
    hurry(engine);
    await sleep(500);
  }
  const { counts } = JSON.parse(run("status", name, "--json").stdout);
  const logs = done(name) ? {} : { counts, logs: logsIn(join(cwd, name, "logs")) };
  return { happened, whole, ...logs, ...collected(name) };
}

function logsIn(folder) {
  return readdirSync(folder).flatMap((file) =>
    file.endsWith(".log") ? readFileSync(join(folder, file), "utf8").slice(-300) : [],
  );
}

/** Kills the jobs of a node, and the programs of Slurm that watch them, as a loss of power would. */
function killJobsOf(node, configuration) {
  const parents = new Map();
  const own = new Set();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (!environment.includes(`SLURM_CONF=${configuration}`)) continue;
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
      if (environment.includes(`SLURMD_NODENAME=${node}`)) own.add(Number(pid));
    } catch {} // It has ended.
  }
  for (const pid of [...own]) {
    const parent = parents.get(pid);
    if (parent === undefined || own.has(parent) || !existsSync(`/proc/${parent}`)) continue;
    const words = readFileSync(`/proc/${parent}/cmdline`, "utf8");
    if (words.startsWith("slurmstepd")) own.add(parent);
  }
  return [...own].filter((pid) => signal(pid, "SIGKILL")).length;
}

async function stops({ plan, start, run, collected, jobs }, name, { random, span, most }) {
  plan(name);
  let [happened, woken] = [0, 0];
  for (const index of range(Math.min(jobs, most))) {
    const words = ["worker", name, "--index", String(index), "--quiet"];
    const first = start(words);
    await sleep(random() * span);
    if (first.exitCode !== null || !signal(first.pid, "SIGSTOP")) continue;
    happened++;
    must(run(...words));
    signal(first.pid, "SIGCONT");
    const code = await ended(first);
    // Done before, or taken over.
    if (code !== 0 && code !== 75) return { happened, same: false, why: `woken, it ended with ${code}: ${first.said}` };
    if (code === 75) woken++;
  }
  must(run("submit", name, "--to", "local", "--quiet"));
  return { happened, takenOver: woken, ...collected(name) };
}

async function copies({ plan, start, run, collected, jobs }, name, { random, span, most }) {
  plan(name);
  let happened = 0;
  for (const index of range(Math.min(jobs, most))) {
    const words = ["worker", name, "--index", String(index), "--quiet"];
    const first = start(words, { machine: true });
    await sleep(random() * 0.7 * span);
    const second = start(words, { machine: true });
    happened++;
    const codes = await Promise.all([first, second].map(ended));
    const right = codes.includes(0) && codes.every((code) => code === 0 || code === 75);
    if (!right) return { happened, same: false, why: `they ended with ${codes}: ${first.said}${second.said}` };
  }
  must(run("submit", name, "--to", "local", "--quiet"));
  return { happened, ...collected(name) };
}

/** Milliseconds of a worker from its start to the end of one job: moments of kills are drawn by it. */
export function measureSpan({ plan, run, forget }) {
  plan("span");
  const began = performance.now();
  must(run("worker", "span", "--index", "0", "--quiet"));
  const span = performance.now() - began;
  forget("span");
  return span;
}

/** Whether machines can be made of namespaces here. */
export function hasNamespaces() {
  return spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;
}
