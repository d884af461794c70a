// What an evaluation will take: loading, whitening, and each row from some steps of its training.

import { type EvaluateOptions, networkFor, networkTitle, planNetworks } from "../../../evaluate/index.ts";
import { expandSet, imageSize, prepare, randomSubset, type SyntheticSet } from "../../../images/index.ts";
import { parseProtocol, resolveProtocol } from "../../../train/index.ts";
import { type Subject, subjectOf } from "../../inputs/subject.ts";
import { planRow } from "../../plan/evaluate.ts";
import { planWhitening } from "../../plan/images.ts";
import type { PlanContext } from "../../plan/types.ts";
import type { EvaluateJob } from "./job.ts";
import { chosenSet, titleOf } from "./rows.ts";

/** Images of the whole training part that are read to plan its row. */
const SOME = 2048;

export async function plan(context: PlanContext<EvaluateJob>): Promise<void> {
  const { job, meter } = context;
  const { chosen } = job;
  let loaded: Subject | undefined;
  const count = (): number => loaded!.train.count + loaded!.test.count;
  await meter.phase("loading", count, "image", async () => {
    const began = performance.now();
    loaded = await subjectOf(job, context);
    return { seconds: (performance.now() - began) / 1000, measured: count() };
  });
  const { set, train, test, ipc, seed } = loaded!;
  const planned = planNetworks(set, job, parseProtocol(job.protocol).norm, context.warn);
  const { zca } = set.preprocessing;
  const real = job.random || chosen !== undefined || job.whole !== undefined;
  if (zca !== undefined) {
    const whitened = test.count + (real ? train.count : 0);
    await planWhitening(context, { train, eps: zca.eps, fitted: false, count: whitened, kept: false });
  }
  const prepared = await prepare(train, { zca: false });
  const rows: Record<string, { readonly set: SyntheticSet; readonly options: EvaluateOptions; count?: number }> = {
    distilled: { set: expandSet(set), options: {} },
    ...(job.random && { random: { set: randomSubset(prepared, ipc, seed), options: {} } }),
    ...(chosen && { chosen: { set: randomSubset(prepared, ipc, seed), options: {} } }),
  };
  if (chosen !== undefined) {
    const classes = train.classNames.length;
    await meter.phase(`choosing by ${chosen}`, classes, "class", async () => {
      const began = performance.now();
      await chosenSet(prepared, chosen, loaded!, context, [0]);
      return { seconds: (classes * (performance.now() - began)) / 1000, measured: 1 };
    });
  }
  if (job.whole !== undefined) {
    const indices = Array.from({ length: Math.min(SOME, train.count) }, (_, index) => index);
    const labels = train.labels.subarray(0, indices.length);
    const some = { ...set, factor: undefined, softLabels: undefined, images: prepared.read(indices), labels };
    rows.whole = { set: some, options: job.whole, count: train.count };
    meter.hold(4 * train.count * imageSize(train));
  }
  if (job.softLabels !== undefined) meter.remark("What a teacher says of the images is not counted.");
  const tested = await prepare(test, { zca: false });
  const known = { tests: new Map(), trainings: new Map() };
  for (const [number, choice] of planned.entries()) {
    const prefix = planned.length > 1 ? `${networkTitle({ ...choice })}, ` : "";
    for (const [name, row] of Object.entries(rows)) {
      const { networks = job.networks, protocol: own = job.protocol } = row.options;
      const protocol = resolveProtocol(parseProtocol(own), test.flippable);
      const network = networkFor(row.set, choice, protocol.norm);
      const what = {
        key: `${number}/${name}`,
        title: prefix + titleOf(name, job),
        network,
        protocol,
        networks,
        first: job.first,
      };
      const preprocessing = { normalization: set.preprocessing.normalization, zca: undefined };
      const images = { ...row.set, preprocessing };
      await planRow(context, { ...what, set: images, ...(row.count && { count: row.count }) }, tested, known);
    }
  }
}
