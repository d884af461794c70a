// `datadam merge A B --out C`: shards of classes as one run.

import { join, resolve } from "node:path";
import { counted } from "../../counted.ts";
import { command, required, value } from "../command.ts";

export const mergeCommand = command({
  name: "merge",
  summary: "put shards of classes together",
  argument: ["<runs...>", "run directories of the shards"],
  options: { out: required(value("<dir>", "directory of the merged run")) },
  async run({ out }, ui, runs) {
    const { folder, isAlive, thisProcess } = await import("../../lab/node/index.ts");
    const { mergeRuns } = await import("../../lab/merge.ts");
    const shards = runs.map((run) => folder(run));
    const set = await mergeRuns(shards, folder(out), { owner: thisProcess(), isAlive });
    const run = resolve(out);
    const synthetic = "synthetic.safetensors";
    ui.result(
      `${join(out, synthetic)}: ${counted(set.labels.length, "image")} of ` +
        `${counted(set.classNames.length, "class", "classes")}`,
      {
        run,
        synthetic: join(run, synthetic),
        grid: join(run, "grid.png"),
        images: set.labels.length,
        iteration: set.provenance.iteration,
      },
    );
  },
});
