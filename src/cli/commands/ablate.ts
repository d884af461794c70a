// `datadam ablate`: every combination of some configuration values, distilled, evaluated, and put into one table.

import {
  choice,
  command,
  configurationOptions,
  dataFlags,
  dataOptions,
  executionOptions,
  required,
  value,
} from "../command.ts";
import { integer, variation } from "../parse.ts";

export const ablateCommand = command({
  name: "ablate",
  summary: "distil and evaluate every combination of configuration values, and print the table",
  options: {
    ...dataOptions,
    ...executionOptions,
    ...configurationOptions,
    out: required(
      value("<dir>", "folder of the runs, one a combination, and of the table; the same command resumes it"),
    ),
    vary: required(value("<key=values>", "a key and its values, e.g. power=1,2,4; repeatable", variation)),
    networks: value("<n>", "fresh networks to train on each set (default: 3)", integer(1)),
    protocol: value("<name>", "quick (default), or another one of `datadam evaluate`"),
    format: choice("<name>", "of the table (default: markdown)", ["markdown", "csv", "json"]),
  },
  async run(flags, ui) {
    const { workers, device } = flags;
    const { method, preset, ipc, iterations, seed, set, config, checkpointEvery } = flags;
    const { out, vary, networks, protocol, format } = flags;
    const { ablate } = await import("../jobs/ablation.ts");
    const where = { ...dataFlags(flags), workers, device };
    const what = { method, preset, ipc, iterations, seed, set, config };
    await ablate({ ...where, ...what }, { out, vary, networks, protocol, format, checkpointEvery }, ui);
  },
});
