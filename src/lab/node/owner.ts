// This process as the owner of claims, and what this machine knows of other owners.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errno } from "../../run/index.ts";
import type { Owner } from "../../storage/types.ts";

/** This process. */
export function thisProcess(): Owner {
  return {
    id: randomUUID(),
    host: hostname(),
    pid: process.pid,
    pidNamespace: pidNamespace(),
    started: startTime(process.pid),
  };
}

/**
 * Whether another owner lives: known for processes of this machine and namespace; undefined for others, of which only
 * their heart can tell.
 */
export function isAlive({ host, pid, pidNamespace: namespace, started }: Owner): boolean | undefined {
  if (host !== hostname() || pid === undefined || namespace !== pidNamespace()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errno(error) === "ESRCH") return false;
  }
  const now = startTime(pid);
  return started === undefined || now === undefined || started === now;
}

/** Two containers may both have a process 1 (Linux), else undefined. */
function pidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/** Clock ticks after boot at which a process started (Linux), else undefined. */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
