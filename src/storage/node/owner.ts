// This process as the owner of claims, and what this machine knows of other owners.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import type { Owner } from "../types.ts";
import { errno } from "./errors.ts";

/** This process. */
export function thisProcess(): Owner {
  return {
    id: randomUUID(),
    host: hostname(),
    pid: process.pid,
    pidNamespace: pidNamespace(),
    machine: machine(),
    started: startTime(process.pid),
  };
}

/**
 * Whether another owner lives: known for processes of this machine and namespace; undefined for others, of which only
 * their heart can tell.
 */
export function isAlive(owner: Owner): boolean | undefined {
  const { host, pid, started } = owner;
  if (host !== hostname() || owner.pidNamespace !== pidNamespace() || pid === undefined) return undefined;
  if (owner.machine !== machine()) return undefined;
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

/** What no other running system has: of a boot (Linux), else the addresses of the network cards. */
function machine(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    const cards = Object.values(networkInterfaces()).flatMap((card) => card ?? []);
    const addresses = cards.flatMap(({ mac, internal }) => (internal || /^[0:]+$/.test(mac) ? [] : [mac]));
    return addresses.length === 0 ? undefined : [...new Set(addresses)].sort().join();
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
