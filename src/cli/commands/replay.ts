// `datadam replay`: a network learns a stream of classes, with a distilled set as its memory and without.

import { blurredStream, ReplayMemory, type StreamPoint, trainOnStream } from "../../continual/index.ts";
import { createEngine } from "../../engine/index.ts";
import type { Device, Program } from "../../engine/types.ts";
import { networkFor } from "../../evaluate/index.ts";
import { expandSet, requireSameKind } from "../../images/index.ts";
import type { PreparedSet, SyntheticSet } from "../../images/types.ts";
import { checkClasses, requireTest } from "../../lab/parts.ts";
import type { Norm } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { readSyntheticSet, type SourceOptions } from "../../run/index.ts";
import { mean, sampleStd } from "../../statistics/index.ts";
import { given } from "../flags.ts";
import { prepareSource } from "../prepare.ts";
import { untilSignal } from "../signals.ts";
import { loadSource } from "../source.ts";
import { table } from "../table.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface ReplayFlags extends CommonFlags, SourceOptions {
  readonly set: string;
  readonly stream: string;
  readonly dataDir?: string;
  readonly classes?: readonly number[];
  readonly blur?: number;
  readonly capacity?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly points?: number;
  readonly networks?: number;
  readonly arch?: string;
  readonly norm?: Norm;
  readonly seed?: number;
  readonly workers?: number;
  readonly device?: Device;
}

/** By network, then point of the stream. */
interface Answers {
  readonly with: StreamPoint[][];
  readonly without: StreamPoint[][];
}

export async function replayCommand(flags: ReplayFlags, ui: Ui): Promise<void> {
  const { blur = 0, points = 5, seed = 0 } = flags;
  const set = expandSet(readSyntheticSet(flags.set));
  ui.reporter.note(`loading ${flags.stream}`);
  const { dataset } = await loadSource({ ...flags, dataset: flags.stream }, ui);
  const test = requireTest(dataset);
  const hint = "Classes and images of both must be the same; --size and --channels bring images to the set's.";
  requireSameKind(set, "the set", dataset.train, { shape: hint, classes: hint });
  const prepare = (part: typeof test): Promise<PreparedSet> =>
    prepareSource(part, { zca: false, zcaEps: 0 }, ui, given(flags, ["workers"]), set.preprocessing);
  const train = await prepare(dataset.train);
  const order = streamOf(train, checkClasses(flags.classes, train.classNames), blur, Key.fromSeed(seed).fold("replay"));
  const capacity = flags.capacity ?? set.labels.length;
  const answers = await learn(set, { train, test: await prepare(test), order, capacity, points }, flags, ui);
  tell(answers, order, train.labels, capacity, ui);
}

/** @param classes those that come; all where null. */
function streamOf(train: PreparedSet, classes: readonly number[] | null, blur: number, key: Key): Uint32Array {
  const order = blurredStream(train, blur, key);
  return classes === null ? order : order.filter((index) => classes.includes(train.labels[index]!));
}

interface Task {
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  readonly order: Uint32Array;
  readonly capacity: number;
  readonly points: number;
}

function learn(set: SyntheticSet, task: Task, flags: ReplayFlags, ui: Ui): Promise<Answers> {
  const { batch = 32, lr = 0.01, networks = 1, seed = 0 } = flags;
  const network = networkFor(set, given(flags, ["arch", "norm"]));
  return untilSignal(ui, async (signal) => {
    const engine = await createEngine(given(flags, ["workers", "device"]));
    const programs = new Map<string, Program>();
    const run = (title: string, index: number, memory: ReplayMemory): Promise<StreamPoint[]> =>
      trainOnStream({
        ...task,
        ...{ network, memory, batch, lr, momentum: 0.9, weightDecay: 5e-4, engine, programs, signal },
        key: Key.fromSeed(seed).fold("replay", index),
        onProgress: (done) =>
          ui.reporter.progress({ stage: `${title}, network ${index + 1}/${networks}`, done, total: 1 }),
      });
    try {
      const answers: Answers = { with: [], without: [] };
      for (let index = 0; index < networks; index++) {
        const { shape } = set;
        const memory = (): ReplayMemory => new ReplayMemory({ shape, capacity: task.capacity, seed: seed + index });
        const filled = memory();
        filled.observe(set.images, set.labels);
        answers.with.push(await run("with the set", index, filled));
        answers.without.push(await run("without", index, memory()));
      }
      return answers;
    } finally {
      ui.reporter.end();
      await engine.close();
    }
  });
}

function tell(answers: Answers, order: Uint32Array, labels: Uint16Array, capacity: number, ui: Ui): void {
  const rows = answers.with[0]!.map(({ images }, point) => {
    const classes = new Set(Array.from(order.subarray(0, images), (index) => labels[index])).size;
    const at = (row: StreamPoint[][]): number[] => row.map((network) => network[point]!.accuracy);
    return { images, classes, with: at(answers.with), without: at(answers.without) };
  });
  const shown = (values: readonly number[]): string =>
    values.length === 1
      ? `${values[0]!.toFixed(1)} %`
      : `${mean(values).toFixed(1)} ± ${sampleStd(values).toFixed(1)} %`;
  const text = table(
    ["images seen", "classes", "with the set", "without"],
    rows.map((row) => [String(row.images), String(row.classes), shown(row.with), shown(row.without)]),
  );
  ui.result(`${text}\nTest accuracy on all classes, memory of ${capacity} images.`, { capacity, points: rows });
}
