// What an experiment of continual learning will take: the memories of each method, and the networks that learn from
// them.

import { classSteps, methods as condensers, quota } from "../../../continual/index.ts";
import { keysFor, networkOf, parseConfig, type ResolvedConfig, resolveConfig } from "../../../distill/config/index.ts";
import { methods as distillMethods, type Method } from "../../../distill/index.ts";
import { imageSize, type PreparedSet, prepare, takeClasses } from "../../../images/index.ts";
import { Key } from "../../../random/index.ts";
import { memory } from "../../../storage/index.ts";
import { resolveProtocol } from "../../../train/index.ts";
import { readJournal } from "../../folder/journal.ts";
import { planIterations } from "../../plan/distill.ts";
import { planLoading, planWhitening, realImages } from "../../plan/images.ts";
import { type Measured, type Meter, sideBySide } from "../../plan/meter.ts";
import { measureFit, measureTest, measureTraining, stepsOf } from "../../plan/networks.ts";
import type { PlanContext } from "../../plan/types.ts";
import { type ContinualJob, type ContinualSettings, settingsOf } from "./job.ts";
import { setName } from "./keptSets.ts";
import { answerKey, distils, networkOfClasses, ofDistillers, partOf, stemOf } from "./work.ts";

interface Work {
  readonly context: PlanContext<ContinualJob>;
  readonly settings: ContinualSettings;
  readonly settled: ResolvedConfig;
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  /** How many classes come at each step. */
  readonly sizes: readonly number[];
  /** By number of images, seconds of one. */
  readonly trainings: Map<number, Measured>;
  tested?: Measured;
}

/** An order of the classes, and a step of it. */
interface At {
  readonly order: number;
  readonly step: number;
}

export async function plan(context: PlanContext<ContinualJob>): Promise<void> {
  const { job, storage } = context;
  const { dataset } = await planLoading(context, job.data, false);
  const settings = settingsOf(job);
  const { train, test } = partOf(dataset, settings);
  const settled = resolveConfig(settings.config, train);
  if (settled.zca) {
    const count = train.count + test.count;
    await planWhitening(context, { train, eps: settled.zcaEps, fitted: true, count, kept: false });
  }
  const classes = train.classNames.length;
  const sizes = classSteps(classes, Math.min(settings.steps, classes), Key.fromSeed(0)).map(({ length }) => length);
  const work: Work = {
    ...{ context, settings, settled, sizes, trainings: new Map() },
    train: await prepare(train, { zca: false }),
    test: await prepare(test, { zca: false }),
  };
  const answers = await readJournal(storage);
  const sets = await readJournal(storage, "journal-memory.jsonl");
  for (const method of settings.methods) {
    const missing = placesOf(settings).flatMap((at) => {
      const all = Array.from({ length: settings.networks }, (_, index) => answerKey(method, at.order, at.step, index));
      return all.filter((key) => !answers.has(key)).map(() => at);
    });
    const needed = placesOf(settings).filter(({ order, step }) => {
      if (settings.stream !== null || sets.has(setName(stemOf(method, order), step))) return false;
      return missing.some((at) => at.order === order && at.step >= step);
    });
    await planMemories(work, method, needed);
    await planAnswers(work, method, missing);
  }
}

function placesOf({ orders, steps }: ContinualSettings): At[] {
  return Array.from({ length: orders * steps }, (_, i) => ({ order: Math.floor(i / steps), step: i % steps }));
}

/** Classes that were seen after a step. */
function seenAt({ sizes, settings, train }: Work, step: number): number {
  if (settings.stream !== null) return train.classNames.length;
  return sizes.slice(0, step + 1).reduce((sum, size) => sum + size, 0);
}

/** The sets that are still to be made, of which that of the first step is measured. */
async function planMemories(work: Work, method: string, needed: readonly At[]): Promise<void> {
  if (needed.length === 0) return;
  const { context, settings, settled, train, sizes } = work;
  const { meter } = context;
  const size = imageSize(train);
  const step = takeClasses(
    train,
    Array.from({ length: sizes[0]! }, (_, label) => label),
  );
  const ipc = (at: number): number => quota(settings.bound, seenAt(work, at));
  const disk = needed.reduce((sum, at) => sum + 4 * size * ipc(at.step) * sizes[at.step]!, 0);
  const title = `condensing by ${method}`;
  if (!distils(method)) {
    await meter.phase(title, needed.length, "set", async () => {
      const began = performance.now();
      const engine = await context.engine();
      const one = takeClasses(train, [0]);
      await condensers()[method]!(one, ipc(0), Key.fromSeed(0), { engine, signal: context.signal });
      const seconds = (performance.now() - began) / 1000;
      const classes = needed.reduce((sum, at) => sum + sizes[at.step]!, 0);
      return { seconds: seconds * classes, measured: 1 / sizes[0]!, disk };
    });
    return;
  }
  const config = { ...keysFor(method, ofDistillers(settings.config)), method, ipc: ipc(0), seed: 0 };
  const encoders = (distillMethods[method] as Method).statistics === undefined ? undefined : settings.encoders;
  const networks = encoders && { networks: encoders.networks * encoders.snapshots.length };
  await meter.gather(title, needed.length, "set", async (own) => {
    if (encoders !== undefined) await planEncoders(work, step, own, needed);
    const resolved = resolveConfig(parseConfig({ ...config, ...networks }), step);
    const apart = { ...context, meter: own, storage: memory() };
    await planIterations(apart, { config: resolved, prepared: step, classes: null, initial: undefined });
  });
  meter.add(`sets by ${method}`, needed.length, "file", disk);
  if (settled.zca) meter.remark("Sets are measured without whitening, which is counted apart.");
}

/** Networks that are trained at each step, on its images and on as many for each class that is remembered. */
async function planEncoders(work: Work, step: PreparedSet, meter: Meter, needed: readonly At[]): Promise<void> {
  const { context, settings, settled, sizes } = work;
  const { protocol, epochs, networks } = settings.encoders!;
  const engine = await context.engine();
  const resolved = resolveProtocol({ ...protocol, epochs }, step.flippable);
  const network = networkOf(settled, step);
  const left = stepsOf(step.count, resolved);
  // What one set takes: the mean over steps, whose images grow in number as classes are seen.
  const grown = needed.reduce((sum, at) => sum + seenAt(work, at.step) / sizes[0]!, 0) / needed.length;
  await meter.phase("training networks", networks, "network", async () => {
    let measured = 0;
    const seconds = await sideBySide(networks, Math.max(1, engine.workers), async (lanes) => {
      const options = { network, protocol: resolved, engine };
      const found = await measureTraining(step, options, { lanes, left, signal: context.signal });
      measured += found.steps;
      return found.seconds;
    });
    return { seconds: grown * seconds, measured };
  });
}

/** The networks that are still to be trained: those of the last step are measured, the others have fewer images. */
async function planAnswers(work: Work, method: string, missing: readonly At[]): Promise<void> {
  const { context, settings, settled, train, test, trainings } = work;
  const { meter, signal } = context;
  const engine = await context.engine();
  const factor = distils(method) ? settings.config.factor : 1;
  const imagesAt = (step: number): number => {
    if (settings.stream !== null) return (settings.bound as { total: number }).total;
    return quota(settings.bound, seenAt(work, step)) * seenAt(work, step) * factor ** 2;
  };
  const classes = train.classNames.length;
  const network = networkOfClasses(classes, settled, train);
  const protocol = resolveProtocol(settings.protocol, test.flippable);
  const lanes = Math.max(1, Math.min(engine.workers, settings.networks));
  const most = imagesAt(settings.steps - 1);
  await meter.phase(`training after ${method}`, missing.length, "network", async () => {
    let known = trainings.get(most);
    if (known === undefined) {
      const images = realImages(train, most);
      const found = await measureFit(images, { network, protocol, engine }, { lanes, signal });
      known = { seconds: found.seconds / lanes, measured: found.steps / protocol.epochs };
      trainings.set(most, known);
    }
    const share = missing.reduce((sum, { step }) => sum + imagesAt(step) / most, 0);
    return { ...known, seconds: share * known.seconds };
  });
  await meter.phase(`testing after ${method}`, missing.length, "network", async () => {
    if (work.tested === undefined) {
      const { seconds } = await measureTest(test, { network, engine }, { lanes, signal });
      work.tested = { seconds: seconds / lanes, measured: lanes };
    }
    const share = missing.reduce((sum, { step }) => sum + seenAt(work, step) / classes, 0);
    return { ...work.tested, seconds: share * work.tested.seconds };
  });
}
