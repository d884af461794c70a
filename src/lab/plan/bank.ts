// The plan of a bank: trained networks, then what the real images give in each; what is there is not counted.

import pMap from "p-map";
import type { ResolvedConfig } from "../../distill/config/index.ts";
import { bindParameters, methods, randomNetwork, realSide } from "../../distill/index.ts";
import type { Binding } from "../../engine/types.ts";
import type { PreparedSet } from "../../images/index.ts";
import { initialize, type Network } from "../../nn/index.ts";
import { Key } from "../../random/index.ts";
import { trainingAccuracy } from "../../train/index.ts";
import {
  type BankRecord,
  bankId,
  drawAt,
  drawFile,
  encoderCount,
  quantitiesOf,
  STATISTICS,
  snapshotFile,
  specOf,
  statisticsId,
  type Training,
} from "../bank/record.ts";
import { encodeSnapshot } from "../bank/snapshots.ts";
import { encodeStatistics, type Layout, type Precision, rowLength } from "../bank/statisticsFile.ts";
import { stepReached } from "./checkpoints.ts";
import { isEnough, project, sideBySide } from "./meter.ts";
import { measureTraining, stepsOf } from "./networks.ts";
import type { PlanContext } from "./types.ts";

/** Classes whose statistics are measured: with more, each takes as long as these. */
const CLASSES = 24;
/** Draws that are measured at most. */
const DRAWS = 40;

/** What a bank is to hold. */
export interface BankFacts {
  readonly record: BankRecord;
  readonly config: ResolvedConfig;
  readonly network: Network;
  readonly prepared: PreparedSet;
  readonly precision: Precision;
  /** Draws under way at once, and classes of them besides one for each worker: as in the work itself. */
  readonly atOnce: { readonly draws: number; readonly classes: number };
}

export async function planBank(context: PlanContext, facts: BankFacts): Promise<void> {
  const { record, config } = facts;
  const { training } = record;
  if (training !== null) await planTraining(context, facts, training);
  const id = await statisticsId(await bankId(record), specOf(config, facts.precision));
  await planStatistics(context, facts, id);
  if (config.norm === "batch") {
    context.meter.remark("Batch norm takes all classes as one batch: they cannot be shared out.");
  }
}

/** Snapshots whose accuracy is measured. */
const TESTS = 5;

async function planTraining(context: PlanContext, facts: BankFacts, training: Training): Promise<void> {
  const { meter, signal, storage } = context;
  const { prepared, network, config, record } = facts;
  const { protocol, epochs, snapshots } = training;
  const missing: string[] = [];
  const engine = await context.engine();
  const steps = Math.ceil(prepared.count / protocol.batch) * epochs;
  let networks = 0;
  let left = 0;
  for (let number = 1; number <= config.networks; number++) {
    const before = missing.length;
    for (const epoch of snapshots) {
      const file = snapshotFile(number, epoch);
      if ((await storage.size(file)) === undefined) missing.push(file);
    }
    if (missing.length === before) continue;
    networks++;
    left += steps - (await stepReached(context, `checkpoints/network-${number}`));
  }
  await meter.phase("training", left, "step", async () => {
    let measured = 0;
    // All as far as they are on average.
    const each = stepsOf(prepared.count, protocol) * (left / Math.max(1, networks * steps));
    const seconds = await sideBySide(networks, Math.max(1, engine.workers), async (lanes) => {
      const found = await measureTraining(prepared, { network, protocol, engine }, { lanes, left: each, signal });
      measured += found.steps;
      return found.seconds;
    });
    const parameters = initialize(network, Key.fromSeed(0));
    const tested = { set: prepared, key: Key.fromSeed(0), count: training.accuracyImages };
    const times: number[] = [];
    for (let i = 0; i < Math.min(TESTS, missing.length); i++) {
      const began = performance.now();
      await trainingAccuracy(network, parameters, tested, engine);
      times.push((performance.now() - began) / 1000);
    }
    const file = await encodeSnapshot(record, network, parameters, 0);
    return { seconds: seconds + project(times, missing.length), measured, disk: missing.length * file.length };
  });
}

async function planStatistics(context: PlanContext, facts: BankFacts, id: string): Promise<void> {
  const { meter, signal, storage } = context;
  const { record, config, network, prepared, precision, atOnce } = facts;
  const engine = await context.engine();
  const classes = record.classes ?? record.dataset.classNames.map((_, label) => label);
  const encoders = encoderCount(record.training, config.networks);
  const there = new Set(await storage.list(`${STATISTICS}/${id}`));
  const missing = Array.from({ length: encoders * config.draws }, (_, i) => drawAt(i, config.draws)).filter(
    ({ number, draw }) => !there.has(drawFile(number, draw)),
  );
  const side = await realSide(
    prepared,
    { method: methods[config.method], config, network, trained: record.training !== null },
    engine,
    classes,
  );
  const groups = side.groups.slice(0, CLASSES);
  const names = Object.keys(quantitiesOf(config));
  await meter.phase("statistics", missing.length * side.groups.length, "pass", async () => {
    let layout: Layout = [];
    const ended: number[] = [];
    // Draws of a network share what is compiled for it.
    const bindings = new Map<number, Binding>();
    const began = performance.now();
    const times = (): number[] => ended.map((end, i) => (end - (ended[i - 1] ?? began)) / 1000);
    const take = async (place: (typeof missing)[number]): Promise<void> => {
      signal.throwIfAborted();
      if (isEnough(times())) return;
      const { number } = place;
      const binding = bindings.get(number) ?? bindParameters(randomNetwork(network, record.seed, number));
      bindings.set(number, binding);
      const takeGroup = async (labels: readonly number[], group: number): Promise<void> => {
        const targets = await side.targets(place, binding, group);
        layout = names.map((name) => [name, targets[name]!.length / labels.length] as const);
      };
      await pMap(groups, takeGroup, { concurrency: engine.workers + atOnce.classes });
      ended.push(performance.now());
    };
    const places = missing.slice(0, DRAWS);
    await pMap(places, take, { concurrency: atOnce.draws });
    // Two draws end at nearly the same time: it is their mean that counts.
    const found = times();
    const mean = (ended.at(-1)! - ended[0]!) / 1000 / Math.max(1, ended.length - 1);
    const all = ended.length < 3 ? project(found, missing.length) : found[0]! + (missing.length - 1) * mean;
    const seconds = all * (side.groups.length / groups.length);
    const disk = await sizeOf({ id, classes, layout, precision }, missing);
    return { seconds, measured: ended.length * groups.length, disk };
  });
}

type Rows = Pick<Parameters<typeof encodeStatistics>[0], "id" | "classes" | "layout" | "precision">;

/** Bytes of the files of draws: but for the digits of its place, each is as large as the others. */
async function sizeOf(
  rows: Rows,
  places: readonly { readonly number: number; readonly draw: number }[],
): Promise<number> {
  const sizes = new Map<string, number>();
  let total = 0;
  for (const { number, draw } of places) {
    const digits = `${String(number).length} ${String(draw).length}`;
    const known = sizes.get(digits);
    const size = known ?? (await encodeStatistics({ ...rows, number, draw }, blank(rows))).length;
    sizes.set(digits, size);
    total += size;
  }
  return total;
}

function blank({ classes, layout }: Rows): Float32Array {
  return new Float32Array(classes.length * rowLength(layout));
}
