// The plan of an evaluation: rows of fresh networks, trained and tested.

import type { PreparedSet } from "../../images/index.ts";
import type { Network } from "../../nn/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import type { TrainingImages } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import { readJournal } from "../folder/journal.ts";
import { sideBySide } from "./meter.ts";
import { measureFit, measureTest, type Tests, type Trainings } from "./networks.ts";
import type { PlanContext } from "./types.ts";

/** A row that is measured. */
export interface PlannedRow {
  /** Of its results in the journal. */
  readonly key: string;
  readonly title: string;
  readonly set: TrainingImages;
  readonly network: Network;
  /** Its augmentation settled. */
  readonly protocol: Protocol;
  readonly networks: number;
  /** Number of the first network. */
  readonly first: number;
  /** Images of the real row, where `set` is a part of them. */
  readonly count?: number;
}

/** What was measured before, by all that it follows from: rows have much alike. */
export interface Known {
  readonly tests: Map<string, Tests>;
  readonly trainings: Map<string, Trainings>;
}

export async function planRow(
  context: PlanContext,
  row: PlannedRow,
  test: PreparedSet,
  { tests, trainings }: Known,
): Promise<void> {
  const { meter, signal, storage } = context;
  const { key, title, set, network, protocol, networks, first, count = set.labels.length } = row;
  const engine = await context.engine();
  const journal = await readJournal(storage);
  const all = Array.from({ length: networks }, (_, index) => first + index);
  const missing = journal.has(key) ? 0 : all.filter((index) => !journal.has(`${key}/${index}`)).length;
  const lanes = Math.max(1, engine.workers);
  const facts = { name: network.name, options: network.options };
  await meter.phase(`training on ${title}`, missing * protocol.epochs, "epoch", async () => {
    let measured = 0;
    const seconds = await sideBySide(missing, lanes, async (some) => {
      const alike = canonicalJson({ ...facts, protocol, images: set.labels.length, lanes: some });
      const found =
        trainings.get(alike) ?? (await measureFit(set, { network, protocol, engine }, { lanes: some, signal }));
      trainings.set(alike, found);
      measured += found.steps;
      return (found.seconds * count) / set.labels.length;
    });
    return { seconds, measured };
  });
  await meter.phase(`testing ${title}`, missing * test.count, "image", async () => {
    let measured = 0;
    const seconds = await sideBySide(missing, lanes, async (some) => {
      const alike = canonicalJson({ ...facts, images: test.count, lanes: some });
      const found = tests.get(alike) ?? (await measureTest(test, { network, engine }, { lanes: some, signal }));
      tests.set(alike, found);
      measured += some * found.images;
      return found.seconds;
    });
    return { seconds, measured };
  });
}
