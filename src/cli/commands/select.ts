// `datadam select`: real images of each class, chosen to stand for all, in the format of a distilled set.

import { resolve } from "node:path";
import { architectureNames } from "../../nn/index.ts";
import { SELECT_METHODS } from "../../select/names.ts";
import { choice, command, dataFlags, dataOptions, executionOptions, planOption, required, value } from "../command.ts";
import { assignment, classList, integer } from "../parse.ts";

export const selectCommand = command({
  name: "select",
  summary: "choose real images of each class: a coreset, in the format of a distilled set",
  options: {
    ...dataOptions,
    ...executionOptions,
    method: required(choice("<name>", "how they are chosen", SELECT_METHODS)),
    ipc: value("<n>", "images per class", integer(1)),
    factor: value(
      "<n>",
      "each made of n x n chosen ones, reduced; of random ones this is `mix` (default: 1)",
      integer(1),
    ),
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
    bank: value(
      "<dir>",
      "compare features of the most trained network of a bank, made by `datadam bank`, whose data set it takes",
    ),
    epochs: value("<n>", "of training, for forgetting (default: 10)", integer(1)),
    seed: value("<n>", "seed of every random draw", integer(0)),
    out: value("<dir>", "run directory (default: sets/<dataset>-<method>-ipc<n>-<number>)"),
    classes: value("<list>", "a shard: these classes only, e.g. 0-4,7", classList),
    preset: value("<name>", "paper, official or quick: whitening, and the networks of a later evaluation"),
    set: value("<key=value>", "any configuration key; repeatable", assignment),
    config: value("<file>", "configuration keys as a JSON file"),
    plan: planOption,
  },
  examples: [["datadam select --dataset cifar10 --method k-means --ipc 10", "real images that stand for all"]],
  async run(flags, ui) {
    const { workers, device } = flags;
    const { method, ipc, factor, features, parameters, epochs, seed, out, classes, preset, set, config } = flags;
    const { resolveSettings } = await import("../settings.ts");
    const { settingsOfBank } = await import("../jobs/distilling.ts");
    const { planSelection, runSelection, selectJob } = await import("../jobs/selecting.ts");
    const where = { ...dataFlags(flags), workers, device };
    const bank = flags.bank === undefined ? undefined : resolve(flags.bank);
    const ofBank = bank === undefined ? undefined : await settingsOfBank(bank);
    const settings = resolveSettings({ ...where, ipc, factor, seed, preset, set, config }, process.env, {
      bank: ofBank,
    });
    const job = selectJob(settings, { method, features, parameters, bank, epochs, classes });
    await (flags.plan ? planSelection(job, out, ui) : runSelection(job, out, ui));
  },
});
