// What is here, what is missing, and why.

import { availableParallelism, cpus, totalmem } from "node:os";
import { cacheFolder } from "../../data/index.ts";
import { probeBackends } from "../../engine/index.ts";
import { folder, versions } from "../../lab/node/index.ts";
import type { Ui } from "../ui.ts";

export async function examine(ui: Ui): Promise<void> {
  const backends = await probeBackends();
  const place = cacheFolder();
  const cache = { folder: place, ...(await checkCache(place)) };
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
    ["cache", `${place} (${cache.writable ? "writable" : cache.problem})`],
  ];
  const width = Math.max(...lines.map(([name]) => name!.length));
  ui.result(lines.map(([name, value]) => `${name!.padEnd(width)}  ${value}`).join("\n"), facts);
  if (!backends.some(({ available }) => available)) process.exitCode = 1;
}

async function checkCache(place: string): Promise<{ writable: boolean; problem?: string }> {
  try {
    const cache = folder(place);
    await cache.write("writable", "");
    await cache.remove("writable");
    return { writable: true };
  } catch (error) {
    return { writable: false, problem: (error as Error).message };
  }
}
