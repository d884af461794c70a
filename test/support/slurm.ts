// A Slurm of two nodes on this machine, with daemons, keys and folders of its own: needs root, and Debian's packages
// slurm-wlm and munge.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** Why there is none; undefined where there can be one. */
export function slurmObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return "a Slurm of its own needs root";
  for (const program of ["slurmctld", "slurmd", "munged"]) {
    if (spawnSync("which", [program]).status !== 0) {
      return `there is no ${program} (apt-get install slurm-wlm munge)`;
    }
  }
  return undefined;
}

export interface Slurm {
  /** For programs that talk to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of its programs; what it said. */
  run(program: string, ...words: readonly string[]): string;
  /** Ends a node's daemon, and starts it again. */
  restartNode(number: 1 | 2): void;
  stop(): Promise<void>;
}

/** @param port of the controller; nodes have the next ones */
export async function startSlurm(port: number): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), "slurm-"));
  const at = (name: string): string => join(folder, name);
  for (const name of ["state", "munge"]) mkdirSync(at(name), { mode: 0o755 });
  const socket = at("munge/socket");
  writeFileSync(at("munge/key"), randomBytes(128), { mode: 0o400 });
  writeFileSync(at("slurm.conf"), configuration(folder, socket, port));
  const env = { SLURM_CONF: at("slurm.conf") };
  const children = new Map<string, ChildProcess>();
  const start = (name: string, program: string, ...words: readonly string[]): void => {
    const child = spawn(program, words, { env: { ...process.env, ...env }, stdio: "ignore" });
    children.set(name, child);
  };
  const names = { key: at("munge/key"), socket, "pid-file": at("munge/pid"), "seed-file": at("munge/seed") };
  const words = Object.entries({ ...names, "log-file": at("munge/log") }).map(([key, value]) => `--${key}=${value}`);
  start("munge", "munged", "--foreground", "--force", ...words.map((word) => word.replace("--key=", "--key-file=")));
  const node = (number: number): void => start(`node${number}`, "slurmd", "-D", "-N", `n${number}`);
  const run: Slurm["run"] = (program, ...given) => {
    const { stdout, stderr, status } = spawnSync(program, given, { env: { ...process.env, ...env }, encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} ${given.join(" ")}: ${stderr}`);
    return stdout;
  };
  const until = async (what: string, ready: () => boolean): Promise<void> => {
    for (let tries = 0; !ready(); tries++) {
      if (tries > 240) throw new Error(`${what} did not come up: see ${folder}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const works = (program: string, ...given: readonly string[]): boolean =>
    spawnSync(program, given, { env: { ...process.env, ...env } }).status === 0;
  await until("munge", () => works("munge", "-n", "-S", socket));
  start("controller", "slurmctld", "-D");
  node(1);
  node(2);
  await until("slurm", () => works("sinfo") && run("sinfo", "-h", "-o", "%t").trim() === "idle");
  return {
    env,
    run,
    restartNode(number) {
      children.get(`node${number}`)!.kill("SIGKILL");
      node(number);
    },
    async stop() {
      spawnSync("scancel", ["--user=root"], { env: { ...process.env, ...env } });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      for (const child of [...children.values()].reverse()) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function configuration(folder: string, socket: string, port: number): string {
  return `ClusterName=one
SlurmctldHost=${hostname()}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=${socket}
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${port}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
MaxArraySize=8
MpiDefault=none
SwitchType=switch/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SchedulerParameters=sched_interval=2
KillWait=20
NodeName=n1 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port + 1} CPUs=1 RealMemory=8000 State=UNKNOWN
NodeName=n2 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port + 2} CPUs=1 RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
