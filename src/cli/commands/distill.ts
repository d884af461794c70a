// `datadam distill`: a new run, or a run that is resumed.

import { resolve } from "node:path";
import { PRESET_NAMES } from "../../distill/config/names.ts";
import {
  command,
  configurationOptions,
  dataFlags,
  dataOptions,
  executionOptions,
  flag,
  grouped,
  logOption,
  planOption,
  value,
} from "../command.ts";
import { classList, integer } from "../parse.ts";
import { json } from "../shell/text.ts";

/** What a data set is distilled by where nothing else is asked: the best that was measured (docs/lab-notes/plus.md). */
const BEST = "plus";

export const distillCommand = command({
  name: "distill",
  summary: "distil a data set, or resume a run",
  options: {
    ...dataOptions,
    ...configurationOptions,
    ...grouped("Method", {
      preset: value(
        "<name>",
        `${PRESET_NAMES.join(", ")} (default: ${BEST}; with --method or --networks the method's first, paper for ` +
          "datadam; quick for the built-in set)",
      ),
    }),
    ...grouped("Networks and initial images", {
      init: value(
        "<name|path>",
        "initial images: real, noise, herding, k-center, k-means, forgetting, or a run or set, of another program too",
      ),
      bank: value(
        "<dir>",
        "networks with the statistics of the real images, made by `datadam bank`; presets plus and plus-long find or " +
          "make theirs (default: in banks/)",
      ),
      networks: value(
        "<n>",
        "networks in all, visited in turn (default: all of the bank; without one, a fresh one a step)",
        integer(0),
      ),
      draws: value(
        "<n>",
        "batches of real images with each of them (default: all of the bank; without one, 1)",
        integer(1),
      ),
    }),
    ...grouped("Run", {
      out: value("<dir>", "run directory (default: runs/<dataset>-ipc<n>-<number>); the same command resumes it"),
      resume: value("<run>", "resume a run; with --iterations up to another number"),
      classes: value("<list>", "a shard: these classes only, e.g. 0-4,7", classList),
      log: logOption,
      plan: planOption,
      printConfig: flag("print the configuration and where it comes from, and do nothing"),
    }),
    ...executionOptions,
  },
  examples: [
    ["datadam distill", "the built-in letters"],
    ["datadam distill --dataset ./my-images --ipc 5", "a folder of class folders"],
    ["datadam distill --dataset cifar10 --preset paper --ipc 10 --iterations 1000 --out runs/c10", "a known data set"],
    ["datadam distill --dataset cifar10 --ipc 10 --plan", "what that will take"],
    ["datadam distill --resume runs/c10 --iterations 2000", "more of a run"],
  ],
  after:
    "\nEach value: flag > environment (DATADAM_BATCH_REAL=64) > --config file > bank > preset > " +
    "default.\n`datadam keys` lists the configuration keys.",
  async run(flags, ui) {
    const { workers, device, log } = flags;
    const { method, preset, ipc, iterations, seed, init, networks, draws, set, config } = flags;
    const { out, resume, classes, checkpointEvery, printConfig } = flags;
    const { isConfigKey, resolveSettings } = await import("../settings.ts");
    const where = { ...dataFlags(flags), workers, device };
    const what = { method, preset, ipc, iterations, seed, init, networks, draws, set, config };
    const { configAsked, distillJob, methodOf, assertNoOut, resumeRun, settingsOfBank, startRun, printDistilled } =
      await import("../jobs/distilling.ts");
    // What is given for a run that is resumed are keys of its method.
    const usual = resume === undefined ? undefined : await methodOf(resume);
    const bank = flags.bank === undefined ? undefined : resolve(flags.bank);
    const ofBank = bank === undefined || resume !== undefined ? undefined : await settingsOfBank(bank, flags.preset);
    const best = resume === undefined && bank === undefined ? BEST : undefined;
    const settings = resolveSettings({ ...where, ...what }, process.env, { method: usual, preset: best, bank: ofBank });
    if (printConfig) {
      const { job, sources } = settings;
      const resolved = configAsked(settings, { classes, bank });
      const shown = Object.entries(sources).filter(([key]) => key in resolved || !isConfigKey(key));
      const printed = { ...job, ...(bank && { bank }), config: resolved, sources: Object.fromEntries(shown) };
      process.stdout.write(`${json(printed, 2)}\n`);
      return;
    }
    if (flags.plan) {
      const { planRun } = await import("../jobs/distilling.ts");
      await planRun(settings, { classes, bank, out, resume, checkpointEvery }, ui);
    } else if (resume === undefined) {
      if (settings.sources.preset === "default" && settings.job.preset === BEST) {
        ui.reporter.note(
          `preset ${BEST}, the best that was measured; --preset paper is the paper's, --plan says what it takes`,
        );
      }
      printDistilled(await startRun(distillJob(settings, { classes, bank, log }), { out, checkpointEvery }, ui), ui);
    } else {
      assertNoOut(out);
      printDistilled(await resumeRun(resume, settings, { classes, bank, log, checkpointEvery }, ui), ui);
    }
  },
});
