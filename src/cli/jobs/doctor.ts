// What is here, what is missing, and why.

import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { cacheFolder } from "../../data/index.ts";
import { probeBackends } from "../../engine/index.ts";
import { folder, namedSets, versions } from "../../lab/node/index.ts";
import { show } from "../folders.ts";
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
  const { datadam, node, ...others } = facts.versions;
  const runtime = Object.entries(others).map(([name, installed]) => `${name} ${installed}`);
  const sets = namedSets().flatMap(({ name, here }) => (here ? [name] : []));
  const works = backends.filter(({ available }) => available).map(({ device }) => device);
  const lines = [
    ["datadam", `${datadam}, Node ${node}, ${runtime.join(", ")}`],
    ["machine", `${facts.platform}, ${facts.cpu}, ${facts.threads} threads`],
    ["memory", `${facts.memoryGiB} GiB, ${(freemem() / 2 ** 30).toFixed(1)} GiB free`],
    ...backends.map(({ device, available, detail }) => {
      return [device, available ? "works" : `not available: ${ui.verbose ? detail : reasonOf(detail)}`];
    }),
    ["cache", `${place} (${cache.writable ? "writable" : cache.problem})`],
    ["here", `${show(process.cwd())} (${await freeDisk()} free for runs)`],
    ["data sets", `${sets.join(", ")}; more by datadam data add`],
    ["in all", works.length > 0 ? `ready, by ${works.join(", ")}` : "nothing computes here: see above"],
  ];
  const width = Math.max(...lines.map(([name]) => name!.length));
  ui.result(lines.map(([name, value]) => `${name!.padEnd(width)}  ${value}`).join("\n"), facts);
  if (works.length === 0) process.exitCode = 1;
}

/** What a device lacks, without what to do: `--verbose` and `--json` have all. */
function reasonOf(detail: string): string {
  const [reason] = detail.replace(/^Device \w+ cannot be used here: (\w+: )?/, "").split(/\. /);
  return `${reason!.replace(/\.$/, "")}; --verbose says more`;
}

async function freeDisk(): Promise<string> {
  const { bavail, bsize } = await statfs(process.cwd());
  return `${((bavail * bsize) / 1e9).toFixed(0)} GB`;
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
