// `datadam select`: real images of each class, chosen to stand for all, in the format of a distilled set.

import { architectureNames } from "../../nn/index.ts";
import { SELECT_METHODS } from "../../select/names.ts";
import { choice, command, dataFlags, dataOptions, executionOptions, required, value } from "../command.ts";
import { assignment, classList, integer } from "../parse.ts";

export const selectCommand = command({
  name: "select",
  summary: "choose real images of each class: a coreset, in the format of a distilled set",
  options: {
    ...dataOptions,
    ...executionOptions,
    method: required(choice("<name>", "how they are chosen", SELECT_METHODS)),
    ipc: value("<n>", "images per class", integer(1)),
    features: choice(
      "<name>",
      "what is compared: prepared pixels, or the last features of a network, random or of " +
        "--parameters, with the options that --set gives it (default: convnet)",
      ["pixels", ...architectureNames],
    ),
    parameters: value(
      "<file>",
      "a trained network's state_dict, safetensors or .pt; that of datadam train names its network itself",
    ),
    epochs: value("<n>", "of training, for forgetting (default: 10)", integer(1)),
    seed: value("<n>", "seed of every random draw", integer(0)),
    out: value("<dir>", "run directory (default: sets/<dataset>-<method>-ipc<n>-<number>)"),
    classes: value("<list>", "a shard: these classes only, e.g. 0-4,7", classList),
    preset: value("<name>", "paper, official or quick: whitening, and the networks of a later evaluation"),
    set: value("<key=value>", "any configuration key; repeatable", assignment),
    config: value("<file>", "configuration keys as a JSON file"),
  },
  async run(flags, ui) {
    const { workers, device } = flags;
    const { method, ipc, features, parameters, epochs, seed, out, classes, preset, set, config } = flags;
    const { resolveSettings } = await import("../settings.ts");
    const { runSelection, selectJob } = await import("../jobs/selecting.ts");
    const where = { ...dataFlags(flags), workers, device };
    const settings = resolveSettings({ ...where, ipc, seed, preset, set, config }, process.env);
    await runSelection(selectJob(settings, { method, features, parameters, epochs, classes }), out, ui);
  },
});
