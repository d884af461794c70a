// `datadam doctor`: what is here, what is missing, and why.

import { mkdirSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../data/index.ts";
import { probeBackends } from "../../engine/index.ts";
import { versions } from "../../lab/node/versions.ts";
import { ioError, writeAtomic } from "../../run/index.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export async function doctorCommand(_flags: CommonFlags, ui: Ui): Promise<void> {
  const backends = await probeBackends();
  const folder = cacheFolder();
  const cache = { folder, ...checkCache(folder) };
  const facts = {
    versions: versions(),
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    threads: availableParallelism(),
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    backends,
    cache,
  };
  const lines = [
    ...Object.entries(facts.versions).map(([name, version]) => [name, version]),
    ["platform", facts.platform],
    ["cpu", `${facts.cpu}, ${facts.threads} threads`],
    ["memory", `${facts.memoryGiB} GiB`],
    ...backends.map(({ device, available, detail }) => [device, available ? "works" : `not available: ${detail}`]),
    ["cache", `${folder} (${cache.writable ? "writable" : cache.problem})`],
  ];
  const width = Math.max(...lines.map(([name]) => name!.length));
  ui.result(lines.map(([name, value]) => `${name!.padEnd(width)}  ${value}`).join("\n"), facts);
  if (!backends.some(({ available }) => available)) process.exitCode = 1;
}

function checkCache(folder: string): { writable: boolean; problem?: string } {
  try {
    mkdirSync(folder, { recursive: true });
    writeAtomic(join(folder, "writable"), "");
    return { writable: true };
  } catch (error) {
    return { writable: false, problem: ioError(error, `Cannot write ${folder}`).message };
  }
}
