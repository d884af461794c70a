// A row measured network by network, each kept in the journal.

import { type Answers, type Evaluation, evaluate, gathered, summaryOf, workInImages } from "../../../evaluate/index.ts";
import { expandSet, type ImageSet, type PreparedSet } from "../../../images/index.ts";
import type { Journal } from "../../folder/journal.ts";
import { networkLogs } from "../../inputs/logs.ts";
import type { Context } from "../../types.ts";
import type { EvaluateJob } from "./job.ts";
import type { Row } from "./rows.ts";

/** Images of training that were worth so many seconds. */
export interface Pace {
  seconds: number;
  images: number;
}

interface Measure {
  readonly journal: Journal;
  readonly key: string;
  readonly title: string;
  /** Number of the first network. */
  readonly first: number;
}

/** A network of the journal. Earlier versions wrote its accuracy alone, and `best` beside it where there was one. */
interface Tested extends Partial<Answers> {
  readonly accuracy: number;
  /** Where the protocol tests along the way. */
  readonly best?: number | undefined;
}

/** Measures a row network by network: those of the journal are not trained again. */
export async function measureRow(
  { set: setOf, options }: Row,
  test: ImageSet | PreparedSet,
  { journal, key, title, first }: Measure,
  context: Context<EvaluateJob>,
  pace: Pace,
): Promise<Evaluation> {
  const finished = journal.get(key);
  if (finished !== undefined) return finished as Evaluation;
  const { signal } = context;
  const set = await setOf();
  const networks = options.networks ?? 3;
  const all = Array.from({ length: networks }, (_, index) => first + index);
  const missing = all.filter((index) => journal.get(`${key}/${index}`) === undefined);
  // Killed between the last network and the row: the facts of the row are those of one that is trained again.
  const indices = missing.length > 0 ? missing : all.slice(-1);
  let writing: Promise<void> = Promise.resolve();
  const log = networkLogs(context, title);
  const evaluation = await evaluate(set, test, {
    ...options,
    indices,
    engine: await context.engine(),
    signal,
    onNetwork(index, accuracy, best, answers) {
      if (journal.get(`${key}/${index}`) !== undefined) return;
      const told: Tested = { accuracy, ...(best !== undefined && { best }), ...answers };
      log.end(index, { accuracy, ...(best !== undefined && { best }) });
      writing = Promise.all([writing, log.written()]).then(() => journal.add(`${key}/${index}`, told));
      // Told of at the end, by the same promise.
      writing.catch(() => undefined);
    },
    onProgress({ network, epoch, epochs, loss, tested, done }) {
      if (tested === undefined) log.epoch(indices[network]!, epoch, loss);
      const now = tested === undefined ? `epoch ${epoch}/${epochs}` : `testing ${tested}/${test.count}`;
      context.progress({
        stage: `evaluating ${title}`,
        done,
        total: 1,
        detail: `network ${networks - indices.length + network + 1}/${networks}, ${now}`,
        data: { network, networks, epoch, epochs, loss, ...(tested !== undefined && { tested }) },
      });
    },
  }).finally(() => writing);
  pace.seconds += evaluation.seconds;
  pace.images += indices.length * workInImages(evaluation.protocol.epochs, expandSet(set).labels.length, test.count);
  const tested = all.map((index): Tested => {
    const one = journal.get(`${key}/${index}`) as number | Tested;
    return typeof one === "number" ? { accuracy: one } : one;
  });
  const { byClass: _, confusion: __, ...rest } = evaluation;
  const whole = {
    ...rest,
    ...summaryOf(tested.map(({ accuracy }) => accuracy)),
    ...(evaluation.best && { best: summaryOf(tested.map(({ accuracy, best }) => best ?? accuracy)) }),
    ...gathered(tested),
  };
  await journal.add(key, whole);
  return whole;
}
