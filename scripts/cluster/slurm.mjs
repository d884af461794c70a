// The Slurm of the tests, for scripts: two nodes on this machine. Needs root, slurm-wlm and munge.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";

let slurm;

/** The Slurm of the tests. Undefined where there can be none. */
export async function theSlurm() {
  if (slurm !== undefined) return slurm;
  const source = readFileSync(new URL("../../test/support/slurm.ts", import.meta.url), "utf8");
  const { code } = await transform(source, { loader: "ts", format: "esm" });
  const file = join(mkdtempSync(join(tmpdir(), "cluster-")), "slurm.mjs");
  writeFileSync(file, code);
  const { slurmObstacle, startSlurm } = await import(pathToFileURL(file).href);
  rmSync(dirname(file), { recursive: true });
  if (slurmObstacle() !== undefined) return undefined;
  slurm = await startSlurm(20_000 + (process.pid % 10_000));
  return slurm;
}

export async function stopSlurm() {
  await slurm?.stop();
}

/** What a program of Slurm says; undefined where the controller is too busy. */
export function said({ run }, ...words) {
  try {
    return run(...words).trim();
  } catch {
    return undefined;
  }
}

/** What is requeued waits two minutes otherwise. */
export function hurry(engine) {
  for (const line of said(engine, "squeue", "-h", "-t", "PENDING", "-o", "%i %r")?.split("\n") ?? []) {
    const [id, reason] = line.split(" ");
    if (reason === "BeginTime") said(engine, "scontrol", "update", `JobId=${id}`, "StartTime=now");
  }
}
