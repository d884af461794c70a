// A process that measures one case of a benchmark: the case as JSON is its only argument, its answer a line on stdout.

import { createEngine } from "../../engine/index.ts";
import { DatadamError } from "../../errors.ts";
import { measureCase } from "../kinds/bench/measure.ts";
import type { BenchCase, Gauges } from "../kinds/bench/types.ts";
import type { MeasureReply } from "./measure.ts";

const gauges: Gauges = {
  processorSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  peakMemory: () => process.resourceUsage().maxRSS / 1024,
};

async function measure(task: BenchCase): Promise<MeasureReply> {
  try {
    const engine = await createEngine({ device: task.device, workers: task.workers });
    try {
      return { cost: await measureCase(task, engine, { gauges }) };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    return { error: { code: error.code, message: error.message, hint: error.hint } };
  }
}

process.stdout.write(`${JSON.stringify(await measure(JSON.parse(process.argv[2]!) as BenchCase))}\n`);
