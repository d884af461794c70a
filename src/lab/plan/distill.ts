// The plan of a distillation: initial images, iterations, checkpoints, the set.

import { networkOf, type ResolvedConfig } from "../../distill/config/index.ts";
import {
  bindParameters,
  type DistillState,
  distill,
  type Family,
  family,
  type Method,
  methods,
  randomNetwork,
  realSide,
} from "../../distill/index.ts";
import type { Engine } from "../../engine/index.ts";
import type { PreparedSet, SyntheticSet } from "../../images/index.ts";
import { encodeSyntheticSet } from "../../run/portable.ts";
import { isDistanceMethod } from "../../select/index.ts";
import { KEPT_BYTES } from "../bank/bank.ts";
import { KEPT, type State } from "../folder/states.ts";
import { planCheckpoints, stepReached } from "./checkpoints.ts";
import { asWhitened } from "./images.ts";
import { isEnough, median, pace, project, timesOf } from "./meter.ts";
import type { PlanContext } from "./types.ts";

/** Seconds of choosing initial images after which the plan goes on without them. */
const PATIENCE = 10_000;
/** Visits to networks that are known, after all of them were visited once. */
const AGAIN = 40;

/** What is distilled. */
export interface DistillFacts {
  readonly config: ResolvedConfig;
  /** Images, or the facts of a bank's. */
  readonly prepared: PreparedSet;
  readonly classes: readonly number[] | null;
  readonly initial: SyntheticSet | undefined;
  /** Of a bank. */
  readonly family?: Family | undefined;
  /** Whether one that is still to be made holds the real side. */
  readonly kept?: boolean;
  /** A state as a checkpoint holds it. */
  readonly tensorsOf: (state: DistillState, shape: PreparedSet["shape"]) => State;
  /** The result with what it was made by. */
  readonly resultOf: (set: SyntheticSet) => SyntheticSet;
}

type Images = Omit<DistillFacts, "tensorsOf" | "resultOf">;

/** How a series of iterations is run. */
interface Series {
  readonly config: ResolvedConfig;
  readonly family?: Family | undefined;
  readonly done: number;
  readonly most: number;
  /** The first times of which more are needed than of others. */
  readonly past?: number;
}

/** Adds initial images, iterations, checkpoints and the set. */
export async function planDistillation(context: PlanContext, asked: DistillFacts): Promise<void> {
  const { config, prepared, tensorsOf, resultOf } = asked;
  const { seconds, start, result } = await planIterations(context, asked);
  await planCheckpoints(context, {
    state: (iteration) => tensorsOf({ ...start, iteration }, prepared.shape),
    ...{ keep: KEPT, last: config.iterations, seconds },
  });
  const set = asWhitened(resultOf(await result()), config.zca ? config.zcaEps : false);
  context.meter.add("the set", set.labels.length, "image", encodeSyntheticSet(set).length);
  context.meter.remark("Pictures, metrics and events come on top: a few hundred bytes an iteration.");
}

/** Adds initial images and iterations alone. */
export async function planIterations(
  context: PlanContext,
  asked: Images,
): Promise<{ readonly seconds: number; readonly start: DistillState; result(): Promise<SyntheticSet> }> {
  const { meter, signal } = context;
  const { config, prepared, classes } = asked;
  const standIn = asked.family === undefined && asked.kept === true ? await hollow(context, asked) : undefined;
  const facts = { ...asked, family: asked.family ?? standIn };
  const { iterations, networks, draws } = config;
  const done = Math.min(iterations, await stepReached(context));
  const left = iterations - done;
  const engine = await context.engine();
  const run = (options: Record<string, unknown>, settings: ResolvedConfig) =>
    distill(prepared, { ...settings, engine, signal, classes: classes ?? undefined, ...options });
  const start = await initialState(context, facts, done > 0);
  const measure = async ({
    config: settings,
    family: visited,
    done: from,
    most,
    past = 0,
  }: Series): Promise<number[]> => {
    const times: number[] = [];
    if (most <= 0) return times;
    const resume = { ...start, iteration: from };
    // More iterations than are run: the last one has no next one that it begins.
    const steps = run({ resume, family: visited }, { ...settings, iterations: from + most + 1 });
    for await (const { seconds } of steps) {
      times.push(seconds);
      context.progress({ stage: "measuring", done: times.length, total: most });
      if (times.length >= most || (times.length >= past && isEnough(times.slice(past)))) break;
      if (past > 0 && isEnough(times, Number.POSITIVE_INFINITY) && sumOf(times) > 10) break;
    }
    return times;
  };
  let seconds = 0;
  if (networks === 0) {
    const found = await meter.phase("distilling", left, "iteration", () => freshly(measure, config, done, left));
    seconds += found.seconds;
  } else {
    const first = Math.min(left, networks * draws);
    let times: readonly number[] = [];
    const visiting = await meter.phase("distilling, first visits", first, "iteration", async () => {
      const most = Math.min(first, 60);
      times = await measure({ config, family: facts.family, done: 0, most });
      return { seconds: project(times, first), measured: times.length };
    });
    const bytes = await heldBytes(context, facts);
    if (facts.family === undefined) meter.hold(bytes);
    else meter.hold(Math.min(KEPT_BYTES, bytes));
    const later = await meter.phase("distilling, later visits", left - first, "iteration", async () => {
      const visited = facts.family ?? (await hollow(context, facts));
      const most = Math.min(networks + AGAIN, networks + left - first);
      const again = await measure({ config, family: visited, done: 0, most, past: networks });
      const known = again.slice(networks);
      const more = known.length > 0 ? 0 : laidOutLater(engine, facts);
      if (known.length === 0) {
        meter.remark("Later visits were measured on networks that the engine had not met.");
        return { seconds: (left - first) * pace(again), measured: again.length, more };
      }
      return { seconds: (left - first) * median(known), measured: known.length };
    });
    seconds += visiting.seconds + later.seconds;
  }
  if (config.norm === "batch") meter.remark("Batch norm takes all classes as one batch: they cannot be shared out.");
  const result = (): Promise<SyntheticSet> =>
    run({ resume: { ...start, iteration: iterations }, family: facts.family }, config).result;
  return { seconds, start, result };
}

/** Whether a state has labels of its own. */
function learnsLabels(config: ResolvedConfig): boolean {
  const method: Method = methods[config.method];
  return (method.labelRate?.(config) ?? 0) > 0;
}

function sumOf(times: readonly number[]): number {
  return times.reduce((total, time) => total + time, 0);
}

/** Iterations with a fresh network each. One of many outer steps is put together from its first and its second. */
async function freshly(
  measure: (series: Series) => Promise<number[]>,
  config: ResolvedConfig,
  done: number,
  left: number,
): Promise<{ seconds: number; measured: number }> {
  const outer = Number((config as { outerLoops?: number }).outerLoops ?? 1);
  const most = Math.min(60, Math.max(3, left));
  if (outer <= 2) {
    const times = await measure({ config, done, most });
    return { seconds: project(times, left), measured: times.length };
  }
  const of = (outerLoops: number): Promise<number[]> =>
    measure({ config: { ...config, outerLoops } as ResolvedConfig, done, most });
  const [one, two] = [await of(1), await of(2)];
  const each = pace(one) + (outer - 1) * Math.max(0, pace(two) - pace(one));
  return { seconds: left * each, measured: (2 * two.length) / outer };
}

/** The initial images. Choosing some may take long: then what is known of it is said. */
async function initialState(context: PlanContext, facts: Images, begun: boolean): Promise<DistillState> {
  const { meter, signal } = context;
  const { prepared, classes, initial } = facts;
  const labels = classes ?? prepared.classNames.map((_, label) => label);
  const { ipc, factor, averaging, init } = facts.config;
  const size = labels.length * ipc * prepared.shape.reduce((product, side) => product * side, 1);
  const stand = (): DistillState => {
    const images = new Float32Array(size).map((_, i) => Math.sin(i * 12.9898));
    const average = averaging === false ? {} : { average: images.slice() };
    const width = prepared.classNames.length;
    const rows = new Float32Array(labels.length * ipc * factor ** 2 * width).fill(1 / width);
    const soft = learnsLabels(facts.config) ? { softLabels: rows } : {};
    return { iteration: 0, classes: labels, images, momentum: new Float32Array(size), ...average, ...soft };
  };
  if (begun) return stand();
  const own = { initial, family: facts.family, engine: await context.engine(), iterations: 0 };
  if (isDistanceMethod(init) && facts.config.norm !== "batch") {
    await meter.phase("initial images", labels.length * ipc, "image", async () => {
      const times = await timesOf(
        labels,
        (label) => distill(prepared, { ...facts.config, ...own, classes: [label], signal }).result,
      );
      return { seconds: project(times, labels.length), measured: times.length * ipc };
    });
    return stand();
  }
  let state: DistillState | undefined;
  await meter.phase("initial images", labels.length * ipc, "image", async () => {
    const began = performance.now();
    const patience = AbortSignal.timeout(PATIENCE);
    const both = AbortSignal.any([signal, patience]);
    const run = distill(prepared, { ...facts.config, ...own, classes: classes ?? undefined, signal: both });
    try {
      await run.result;
      state = run.state();
    } catch (error) {
      if (!patience.aborted || signal.aborted) throw error;
      meter.remark(`Choosing initial images (${init}) takes longer than what is counted here.`);
    }
    return { seconds: (performance.now() - began) / 1000, measured: state === undefined ? 0 : labels.length * ipc };
  });
  return state ?? stand();
}

/** Bytes of what real images gave in all networks, and of the networks. */
async function heldBytes(context: PlanContext, facts: Images): Promise<number> {
  const { config, prepared, classes } = facts;
  const { networks, draws } = config;
  const count = classes?.length ?? prepared.classNames.length;
  const rows = await (facts.family === undefined ? rowsOf(context, facts) : visitRows(facts));
  const row = Object.values(rows).reduce((total, { length }) => total + length, 0);
  return (
    4 * networks * draws * count * row + (facts.family === undefined ? networks * valueBytes(config, prepared) : 0)
  );
}

/**
 * Bytes of weights that the engine will have laid out once it has met all networks, with their values, beyond what it
 * keeps now.
 */
function laidOutLater(engine: Engine, { config, prepared }: Images): number {
  const { kept = 0, bytes = 0, most = 0 } = engine.bindingStatistics?.() ?? {};
  if (bytes === 0) return 0;
  const each = bytes / kept;
  const networks = Math.min(config.networks, most / each);
  return Math.max(0, networks - kept) * (each + valueBytes(config, prepared));
}

/** Bytes of the values of a network. */
function valueBytes(config: ResolvedConfig, prepared: PreparedSet): number {
  const parameters = Object.values(randomNetwork(networkOf(config, prepared), config.seed, 1));
  return parameters.reduce((total, { byteLength }) => total + byteLength, 0);
}

/** What the real images of one class give, by quantity. */
async function rowsOf(context: PlanContext, facts: Images): Promise<Readonly<Record<string, Float32Array>>> {
  const { config, prepared, classes } = facts;
  const network = networkOf(config, prepared);
  const method = methods[config.method];
  const side = await realSide(prepared, { method, config, network }, await context.engine(), classes ?? undefined);
  const targets = await side.targets({ number: 1, draw: 0 }, bindParameters(randomNetwork(network, config.seed, 1)), 0);
  const [group] = side.groups;
  return Object.fromEntries(
    Object.entries(targets).map(([name, values]) => [name, values.slice(0, values.length / group!.length)]),
  );
}

function visitRows({ family: visited, classes }: Images): Promise<Readonly<Record<string, Float32Array>>> {
  return visited!.visit(1).targets([classes?.[0] ?? 0]);
}

/** The networks of a distillation with their real side at hand: that of one class, for all. */
async function hollow(context: PlanContext, facts: Images): Promise<Family> {
  const { config, prepared } = facts;
  const network = networkOf(config, prepared);
  const rows = await rowsOf(context, facts);
  const values = new Map<number, ReturnType<typeof randomNetwork>>();
  return family(prepared.shape, config, {
    parameters(number) {
      const made = values.get(number) ?? randomNetwork(network, config.seed, number);
      values.set(number, made);
      return made;
    },
    targets: async (_, labels) =>
      Object.fromEntries(
        Object.entries(rows).map(([name, row]) => {
          const all = new Float32Array(labels.length * row.length);
          for (let i = 0; i < labels.length; i++) all.set(row, i * row.length);
          return [name, all];
        }),
      ),
  });
}
