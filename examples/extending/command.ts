// A command: how many images each class of a distilled set has.
//
// To add it to the program, this file becomes src/cli/commands/labels.ts (with "../command.ts" as its first import),
// and the index of that folder gets one line:
//
//     export { labelsCommand } from "./labels.ts";
//
// Then `datadam labels runs/a` prints the counts, and `datadam labels runs/a --class rose` one of them.

import { command, value } from "../../src/cli/command.ts";

export const labelsCommand = command({
  name: "labels",
  summary: "count the images of each class of a distilled set",
  argument: ["<run>", "run directory, or its synthetic.safetensors"],
  options: { class: value("<name>", "only this class (default: all)") },
  async run({ class: wanted }, ui, [run]) {
    // What is heavy is imported here, so that help comes at once.
    const { DatadamError, readSyntheticSet } = await import("datadam");
    const { classNames, labels } = readSyntheticSet(run!);
    const counts = classNames.map((name, label) => ({ name, images: labels.filter((one) => one === label).length }));
    const shown = wanted === undefined ? counts : counts.filter(({ name }) => name === wanted);
    if (shown.length === 0) {
      const hint = `Its classes: ${classNames.join(", ")}.`;
      throw new DatadamError("INVALID_OPTION", `--class ${wanted}: ${run} has no such class`, { hint });
    }
    ui.result(shown.map(({ name, images }) => `${name}: ${images}`).join("\n"), shown);
  },
});
