// `datadam demo` (npm start): the built-in data set distilled and measured against random images and the whole set.

import { join, relative } from "node:path";
import { randomSubset } from "../../images/index.ts";
import type { PreparedSet, SyntheticSet } from "../../images/types.ts";
import { addResult } from "../../run/index.ts";
import { protocols } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import { startRun } from "../distilling.ts";
import { accuracyTable, measure } from "../evaluating.ts";
import { given } from "../flags.ts";
import { resolveSettings } from "../settings.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface DemoFlags extends CommonFlags {
  readonly out?: string;
  readonly workers?: number;
}

/** Shorter than `quick`: the demo is to take a minute, not to give numbers for a table. */
const SMALL: Protocol = { ...protocols.quick, name: "demo", epochs: 100, batch: 32 };
/** An epoch over the whole set has so many more steps that a few epochs are enough. */
const WHOLE: Protocol = { ...protocols.quick, name: "demo, whole set", epochs: 6, batch: 32 };

export async function demoCommand(flags: DemoFlags, ui: Ui): Promise<void> {
  const { out, workers, ...common } = flags;
  const settings = resolveSettings({ dataset: "builtin", preset: "quick", ...given(flags, ["workers"]) }, {});
  const { run, set, dataset, prepared } = await startRun(
    { ...common, ...(out === undefined ? {} : { out }), ...(out === undefined ? { stem: "runs/demo" } : {}) },
    settings,
    ui,
  );
  const { ipc, seed } = settings.config;
  const { norm, width, depth } = run.record.config;
  const results = await measure(
    {
      random: randomSubset(prepared, ipc, seed),
      distilled: set,
      whole: { set: wholeSet(prepared, set), options: { networks: 1, protocol: WHOLE } },
    },
    dataset.test!,
    // Said for all rows, so that they have the same networks.
    { networks: 2, protocol: SMALL, seed, norm, width, depth },
    given(flags, ["workers"]),
    ui,
  );
  const { random, distilled, whole } = results;
  const created = new Date().toISOString();
  addResult(run.directory, {
    created,
    iteration: settings.config.iterations,
    random: random!,
    distilled: distilled!,
    whole: whole!,
  });
  const picture = join(run.directory, "grid.png");
  ui.result(
    `\n${accuracyTable(results, ipc, { wholeCount: prepared.count })}\n\npicture: ${relative(process.cwd(), picture)}`,
    {
      run: run.directory,
      picture,
      random,
      distilled,
      whole,
    },
  );
}

/** Every training image, sorted by class, in the shape of a distilled set. */
function wholeSet(prepared: PreparedSet, like: SyntheticSet): SyntheticSet {
  const order = Array.from(prepared.labels.keys()).sort((a, b) => prepared.labels[a]! - prepared.labels[b]! || a - b);
  return {
    ...like,
    images: prepared.read(order),
    labels: Uint16Array.from(order, (index) => prepared.labels[index]!),
  };
}
