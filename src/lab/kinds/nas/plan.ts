// What an architecture search will take: some of its architectures are trained for a few steps on each proxy.

import { expandSet, type PreparedSet, prepare, takeImages } from "../../../images/index.ts";
import {
  buildNetwork,
  type Candidate,
  multiplyAdds,
  projectSeconds,
  rungs,
  type SearchProxy,
  storeKey,
} from "../../../nas/index.ts";
import { isDistanceMethod } from "../../../select/index.ts";
import type { TrainingImages } from "../../../train/index.ts";
import type { Protocol } from "../../../train/types.ts";
import { readJournal } from "../../folder/journal.ts";
import { planLoading, planWhitening, realImages } from "../../plan/images.ts";
import { measureFit, measureTest } from "../../plan/networks.ts";
import type { PlanContext } from "../../plan/types.ts";
import { keptName, proxyFacts, readRuns } from "./contenders.ts";
import type { NasJob } from "./job.ts";
import { readReference } from "./reference.ts";
import { passes } from "./search.ts";
import { type Setting, settingOf } from "./setting.ts";

/** Places in the order of their cost of architectures that are measured. */
const MEASURED = [1 / 6, 1 / 2, 5 / 6];

/** What architectures are trained on. */
interface Training {
  readonly title: string;
  readonly images: TrainingImages;
  readonly protocol: Protocol;
  /** Trainings of each size that are left, by the place of the architecture. */
  readonly left: readonly { readonly place: number; readonly share: number }[];
}

export async function plan(context: PlanContext<NasJob>): Promise<void> {
  const { job, meter, readers, storage } = context;
  const source = await planLoading(context, job.data, false);
  const { train } = source.dataset;
  const setting = settingOf(job, train);
  const { chosen, protocol, split } = setting;
  const from = job.reference?.from ?? "train";
  if (from !== "train") await readReference(from, chosen, readers);
  const runs = await readRuns(job.proxies, readers);
  const facts = await proxyFacts(train, runs, job);
  const [first] = runs.values();
  const zca = first?.preprocessing.zca;
  if (zca !== undefined) {
    const count = split.training.length + split.validation.length;
    await planWhitening(context, { train, eps: zca.eps, fitted: false, count, kept: false });
  }
  const pool = await prepare(takeImages(train, split.training), { zca: false });
  const validation = await prepare(takeImages(train, split.validation), { zca: false });
  const known = await readJournal(storage);
  const work = { context, setting, validation };
  for (const path of job.proxies) {
    const run = runs.get(path);
    const images = run === undefined ? realImages(pool, facts.perClass * facts.classes) : expandSet(run);
    const name = await keptName(path, run, facts);
    await rank(work, {
      ...{ title: path, images, protocol },
      left:
        job.halving === undefined
          ? unranked(chosen, { name, protocol }, known)
          : inRungs(chosen.length, protocol.epochs, job.halving),
    });
    if (isDistanceMethod(path)) meter.remark(`Choosing images by ${path} is not counted.`);
  }
  if (job.halving !== undefined) meter.remark("Rungs of successive halving that are done already are counted again.");
  if (job.reference !== undefined && from === "train") {
    const images = Math.min(job.reference.images ?? pool.count, pool.count);
    const training = passesOver(pool, images, job.reference.epochs, protocol);
    const kept = { name: `reference-${images}${facts.space}`, protocol: training.protocol };
    await rank(work, { ...training, title: "the reference", left: unranked(chosen, kept, known) });
  }
  if (job.retrain === undefined) return;
  const images = Math.min(job.retrain.images ?? train.count, train.count);
  // Which ones are selected is not known: as many as there are rankings, each as large as the middle one.
  const rankings = job.proxies.length + (job.reference === undefined ? 0 : 1);
  const middle = byCost(setting, validation)[chosen.length >> 1]!;
  await rank(work, {
    ...passesOver(pool, images, job.retrain.epochs, protocol),
    title: "everything",
    left: Array.from({ length: rankings }, () => ({ place: middle, share: 1 })),
  });
  meter.remark("What is trained on everything is taken to be of middling size, and another one for each ranking.");
}

/** The places of architectures whose results are not kept yet. */
function unranked(
  chosen: readonly Candidate[],
  proxy: Pick<SearchProxy, "name" | "protocol">,
  known: ReadonlyMap<string, unknown>,
): Training["left"] {
  return chosen.flatMap(({ id }, place) => (known.has(storeKey(proxy, id)) ? [] : [{ place, share: 1 }]));
}

interface Work {
  readonly context: PlanContext<NasJob>;
  readonly setting: Setting;
  readonly validation: PreparedSet;
}

/** A phase of training architectures, and of testing them. */
async function rank({ context, setting, validation }: Work, training: Training): Promise<void> {
  const { job, meter, signal } = context;
  const { chosen } = setting;
  const { title, images, protocol, left } = training;
  const engine = await context.engine();
  const lanes = Math.max(1, Math.min(engine.workers, left.length));
  const costs = chosen.map((candidate) => costOf(candidate, validation));
  await meter.phase(`training on ${title}`, left.length * job.networks, "network", async () => {
    const order = byCost(setting, validation);
    const places = [...new Set(MEASURED.map((share) => order[Math.floor(share * chosen.length)]!))];
    const measured: { cost: number; seconds: number }[] = [];
    for (const place of places) {
      const network = buildNetwork(chosen[place]!, facts(validation));
      const fit = await measureFit(images, { network, protocol, engine }, { lanes, signal });
      const test = await measureTest(validation, { network, engine }, { lanes, signal });
      measured.push({ cost: costs[place]!, seconds: fit.seconds + test.seconds });
    }
    const all = left.map(({ place, share }) => share * projectSeconds(measured, [costs[place]!]));
    const seconds = (job.networks * all.reduce((total, one) => total + one, 0)) / lanes;
    return { seconds, measured: measured.length };
  });
}

/** Trainings of successive halving: all with the fewest epochs, and so on. Which ones go on is not known: the first. */
function inRungs(count: number, epochs: number, eta: number): Training["left"] {
  let alive = count;
  return rungs(count, epochs, eta).flatMap((budget) => {
    const step = count / alive;
    const left = Array.from({ length: alive }, (_, i) => ({ place: Math.floor(i * step), share: budget / epochs }));
    alive = Math.ceil(alive / eta);
    return left;
  });
}

/** Passes over real images, of which some are measured. */
function passesOver(
  pool: PreparedSet,
  images: number,
  epochs: number,
  protocol: Protocol,
): Pick<Training, "images" | "protocol"> {
  const { perEpoch, protocol: own } = passes({ epochs, images }, protocol);
  return { images: realImages(pool, perEpoch), protocol: own };
}

/** Places of the architectures, the cheapest first. */
function byCost({ chosen }: Setting, images: PreparedSet): number[] {
  const costs = chosen.map((candidate) => costOf(candidate, images));
  return [...chosen.keys()].sort((a, b) => costs[a]! - costs[b]!);
}

function costOf(candidate: Candidate, images: PreparedSet): number {
  return multiplyAdds(candidate, facts(images));
}

function facts({ shape, classNames }: PreparedSet): { shape: PreparedSet["shape"]; classes: number } {
  return { shape, classes: classNames.length };
}
