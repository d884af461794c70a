// Benchmarks of the command line: flags as a job, and its result as a table.

import { basename, dirname } from "node:path";
import { type BenchJob, type BenchResult, job, memory } from "../../lab/index.ts";
import { folder } from "../../lab/node/index.ts";
import type { Flags } from "../command.ts";
import type { options } from "../commands/bench.ts";
import { table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { runJob } from "./running.ts";

type BenchFlags = Flags<typeof options>;

/** Measures, prints the table, and writes the file where one is asked for. */
export async function runBench({ method, ipc, repeats, set, out, workers, device }: BenchFlags, ui: Ui): Promise<void> {
  const wanted = job({
    kind: "bench",
    methods: method,
    ...{ ipc, repeats },
    config: Object.fromEntries(set ?? []),
    execution: { workers, device },
  }) as BenchJob;
  const { result } = await runJob<BenchResult>(wanted, memory("bench"), ui);
  if (out !== undefined) await folder(dirname(out)).write(basename(out), `${JSON.stringify(result, undefined, 2)}\n`);
  printBench(result, ui);
}

export function printBench(result: BenchResult, ui: Ui): void {
  const rows = Object.entries(result.cases).map(([name, { seconds, matches, perMatch, cpu, memoryMb }]) => {
    const [method, ipc] = name.split(".ipc");
    const counts = [ipc!, seconds.toFixed(2), String(matches), perMatch.toFixed(2), cpu?.toFixed(2) ?? ""];
    return [method!, ...counts, memoryMb?.toFixed(0) ?? ""];
  });
  const header = ["method", "images a class", "seconds a step", "matches", "seconds a match", "of processor"];
  ui.result(table([...header, "peak memory, MB"], rows), result);
}
