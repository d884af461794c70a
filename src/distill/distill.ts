// The loop: fresh network, real batches, matching step, SGD with momentum on the images.

import { createEngine } from "../engine/index.ts";
import type { Binding, Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { type ImageSet, type PreparedSet, prepare, type SyntheticSet } from "../images/index.ts";
import { type Network, resolveCustomNetwork } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import { networkOf } from "./config/networkKeys.ts";
import { methodOf, parseConfig } from "./config/parseConfig.ts";
import { resolveWith, shardObstacle } from "./config/resolveConfig.ts";
import type { AnyResolvedConfig } from "./config/schema.ts";
import { type Descended, descentOf } from "./descend.ts";
import { type Draws, familyDraws, freshDraws, keptDraws } from "./draws.ts";
import { initialState } from "./initial.ts";
import { bindParameters } from "./matching/match.ts";
import { checkMeasures } from "./measures.ts";
import type { Method, MethodInstance } from "./method.ts";
import { groupsOf, RealImages, randomValues } from "./realImages.ts";
import { hardLabels } from "./softLabels.ts";
import { Step } from "./step.ts";
import type { DistillEvent, DistillOptions, DistillRun, DistillState, OwnMethodOptions, RunOptions } from "./types.ts";

/**
 * Distils `set` with DataDAM, or another `method`. Randomness is keyed by (seed, iteration, class): the same seed gives
 * the same bytes with any number of workers, in one go or resumed, all classes at once or in shards (where neither norm
 * nor method couples them).
 *
 * @param set     prepared, or as bytes (then it is normalised, and whitened if the configuration says so).
 * @param options `ipc`, any other key of the configuration (default: the method's first preset), and how to run.
 *   `method` is a name, or a method of your own (`defineMethod` of `datadam/distill`).
 * @throws DatadamError `INVALID_OPTION` for a bad configuration (at once); others reject `result` and the iteration.
 */
export function distill(set: ImageSet | PreparedSet, options: DistillOptions): DistillRun;
export function distill<M extends Method>(set: ImageSet | PreparedSet, options: OwnMethodOptions<M>): DistillRun;
export function distill(set: ImageSet | PreparedSet, options: RunOptions & { readonly method?: unknown }): DistillRun {
  const { engine, signal, classes, resume, initial, onChoosing, network, family, ...keys } = options;
  const method = methodOf(keys.method);
  const custom = network === undefined ? undefined : resolveCustomNetwork(network, set);
  const config = resolveWith(method, parseConfig({ ...keys, method }), set, custom);
  const context = { engine, signal, classes, resume, initial, onChoosing, family };
  return new Run(set, method, config, custom ?? networkOf(config, set), context);
}

type RunContext = Omit<RunOptions, "network">;

class Run implements DistillRun {
  readonly #set: ImageSet | PreparedSet;
  readonly #method: Method;
  readonly #config: AnyResolvedConfig;
  readonly #context: RunContext;
  readonly #events: AsyncGenerator<DistillEvent>;
  readonly #key: Key;
  readonly #network: Network;
  readonly #classes: readonly number[];
  readonly #finished: Promise<void>;
  #finish!: { resolve: () => void; reject: (error: unknown) => void };
  #result: Promise<SyntheticSet> | undefined;
  #prepared: PreparedSet | undefined;
  #state: DistillState | undefined;

  constructor(
    set: ImageSet | PreparedSet,
    method: Method,
    config: AnyResolvedConfig,
    network: Network,
    context: RunContext,
  ) {
    this.#set = set;
    this.#method = method;
    this.#config = config;
    this.#context = context;
    this.#key = Key.fromSeed(config.seed);
    this.#network = network;
    this.#classes = checkClasses(set, method, config, context.classes);
    this.#finished = new Promise((resolve, reject) => {
      this.#finish = { resolve, reject };
    });
    this.#finished.catch(() => undefined);
    this.#events = this.#drive();
  }

  [Symbol.asyncIterator](): AsyncIterator<DistillEvent> {
    return this.#events;
  }

  get result(): Promise<SyntheticSet> {
    this.#result ??= (async () => {
      // After an iteration that ran to its end this finds nothing left to do.
      for await (const _ of this.#events);
      await this.#finished;
      return this.snapshot();
    })();
    return this.#result;
  }

  state(): DistillState {
    if (this.#state === undefined) throw new Error("distill: no state yet; the run has not begun");
    return copyState(this.#state);
  }

  snapshot(): SyntheticSet {
    const { iteration, classes, images: last, average, softLabels } = this.state();
    const images = average ?? last;
    const { shape, classNames, preprocessing, name } = this.#prepared!;
    const labels = Uint16Array.from(
      { length: classes.length * this.#config.ipc },
      (_, i) => classes[Math.floor(i / this.#config.ipc)],
    );
    const provenance = { dataset: name, ...this.#config, arch: this.#network.name, iteration };
    const { factor } = this.#config;
    const own = { ...(factor > 1 && { factor }), ...(softLabels && { softLabels }) };
    return { images, labels, ...own, shape, classNames, preprocessing, provenance };
  }

  async *#drive(): AsyncGenerator<DistillEvent> {
    const engine = this.#context.engine ?? (await createEngine());
    try {
      const set = "read" in this.#set ? this.#set : await prepare(this.#set, { zca: this.#zca });
      this.#prepared = set;
      const labelRate = this.#method.labelRate?.(this.#config) ?? 0;
      const state = this.#context.resume ?? (await this.#initialState(set, engine, labelRate > 0));
      checkState(state, this.#classes, { ...this.#config, labelRate }, set);
      this.#state = copyState(state);
      const method = await this.#method.make({
        network: this.#network,
        config: inTraining(this.#config),
        engine,
        trained: this.#config.networks > 0 && this.#context.family?.trained === true,
      });
      const step = new Step({
        shape: set.shape,
        config: this.#config,
        descent: descentOf(this.#config, set),
        key: this.#key,
        network: this.#network,
        draws: this.#draws(set, method),
        classes: this.#classes,
        method,
        labelRate,
        workers: engine.workers,
        signal: this.#context.signal,
      });
      // The state of an iteration that fails, or is stopped, is that of the one before.
      let next: Descended = changing(copyState(state));
      while (this.#state.iteration < this.#config.iterations) {
        this.#context.signal?.throwIfAborted();
        const started = performance.now();
        const iteration: number = this.#state.iteration + 1;
        const { finite, distances } = await step.run(iteration, this.#state, next);
        const measures = checkMeasures(method.measures(distances), this.#method.name);
        const { loss } = measures;
        if (!Number.isFinite(loss) || !finite) {
          throw new DatadamError(
            "DIVERGED",
            `the images are no longer finite at iteration ${iteration} (loss ${loss})`,
            { hint: "Use a smaller lrImg." },
          );
        }
        const before: DistillState = this.#state;
        this.#state = { ...before, ...next, iteration };
        next = changing(before);
        this.#average(iteration);
        const seconds = (performance.now() - started) / 1000;
        yield { iteration, iterations: this.#config.iterations, ...measures, seconds };
      }
      this.#finish.resolve();
    } catch (error) {
      this.#finish.reject(error);
      throw error;
    } finally {
      // After a break of the iteration there will be no more: whoever waits for the result learns of it.
      this.#finish.reject(new DOMException("the distillation was stopped before its last iteration", "AbortError"));
      if (this.#context.engine === undefined) await engine.close();
    }
  }

  #draws(set: PreparedSet, { matching }: MethodInstance): Draws {
    const { networks } = this.#config;
    const groups = groupsOf(this.#classes, this.#network);
    if (networks > 0 && this.#context.family !== undefined) {
      return familyDraws(this.#context.family, this.#classes, groups);
    }
    const source = { set, config: this.#config, key: this.#key, classes: this.#classes, groups, matching };
    const real = new RealImages(source);
    const fresh = (number: number): Binding => this.#fresh(number);
    return networks > 0 ? keptDraws(real, fresh, this.#config) : freshDraws(real, fresh);
  }

  async #initialState(set: PreparedSet, engine: Engine, soft: boolean): Promise<DistillState> {
    const { signal, initial, family, onChoosing } = this.#context;
    const features = this.#config.networks > 0 ? family?.features : undefined;
    const sources = { key: this.#key, network: this.#network, features, engine, signal, initial, onChoosing };
    const state = await initialState(set, this.#config, this.#classes, sources);
    if (!soft) return state;
    const perClass = this.#config.ipc * this.#config.factor ** 2;
    return { ...state, softLabels: hardLabels(this.#classes, perClass, this.#network.classes) };
  }

  /** Takes the images of `iteration` into the average, by polynomial-decay averaging. */
  #average(iteration: number): void {
    const { averaging } = this.#config;
    const { average, images } = this.#state!;
    if (averaging === false || average === undefined) return;
    const share = (1 + averaging) / (iteration + averaging);
    for (let i = 0; i < average.length; i++) average[i] += share * (images[i] - average[i]);
  }

  #fresh(number: number): Binding {
    return bindParameters(randomValues(this.#network, this.#key, number));
  }

  get #zca(): false | { eps: number } {
    return this.#config.zca ? { eps: this.#config.zcaEps } : false;
  }
}

/** The configuration as a method sees it: its images are those that networks see. */
function inTraining(config: AnyResolvedConfig): AnyResolvedConfig {
  return { ...config, ipc: config.ipc * config.factor ** 2, factor: 1 };
}

function checkClasses(
  set: ImageSet | PreparedSet,
  method: Method,
  config: AnyResolvedConfig,
  classes: readonly number[] | undefined,
): readonly number[] {
  const all = set.classNames.map((_, c) => c);
  if (classes === undefined) return all;
  const wanted = [...new Set(classes)].sort((a, b) => a - b);
  const unknown = wanted.find((c) => !all.includes(c));
  if (unknown !== undefined || wanted.length === 0) {
    throw new DatadamError(
      "INVALID_OPTION",
      `classes: ${unknown ?? "none"} is not a class of ${set.name} (0 to ${all.length - 1})`,
    );
  }
  const obstacle = wanted.length < all.length ? shardObstacle(config, method) : undefined;
  if (obstacle !== undefined) {
    throw new DatadamError("INVALID_OPTION", `${obstacle.reason}: a shard of them cannot be distilled alone`, {
      hint: obstacle.hint,
    });
  }
  return wanted;
}

/** What a step changes. */
function changing({ images, momentum, softLabels }: DistillState): Descended {
  return { images, momentum, ...(softLabels && { softLabels }) };
}

function copyState({ iteration, classes, images, momentum, average, softLabels }: DistillState): DistillState {
  return {
    iteration,
    classes: [...classes],
    images: images.slice(),
    momentum: momentum.slice(),
    ...(average && { average: average.slice() }),
    ...(softLabels && { softLabels: softLabels.slice() }),
  };
}

function checkState(
  state: DistillState,
  classes: readonly number[],
  config: AnyResolvedConfig & { readonly labelRate: number },
  set: PreparedSet,
): void {
  const size = classes.length * config.ipc * sizeOf(set.shape);
  if (state.classes.join() !== classes.join() || state.images.length !== size || state.momentum.length !== size) {
    throw new DatadamError(
      "INVALID_RUN",
      `the state to resume from holds classes ${state.classes.join(",")} and ${state.images.length} numbers; ` +
        `classes ${classes.join(",")} at ipc ${config.ipc} need ${size}`,
    );
  }
  const wanted = config.averaging === false ? undefined : size;
  if (state.average?.length !== wanted) {
    const { average } = state;
    const there = average === undefined ? "no average of the images" : `an average of ${average.length} numbers`;
    throw new DatadamError(
      "INVALID_RUN",
      `the state to resume from has ${there}; averaging ${config.averaging} needs ${wanted ?? "none"}`,
      { hint: "Resume with the configuration that the state was made with." },
    );
  }
  const labels = classes.length * config.ipc * config.factor ** 2 * set.classNames.length;
  if ((state.softLabels?.length ?? 0) !== (config.labelRate > 0 ? labels : 0)) {
    const there =
      state.softLabels === undefined ? "no soft labels" : `${state.softLabels.length} numbers of soft labels`;
    const needed = config.labelRate > 0 ? labels : "none";
    throw new DatadamError(
      "INVALID_RUN",
      `the state to resume from has ${there}; labelRate ${config.labelRate} needs ${needed}`,
      { hint: "Resume with the configuration that the state was made with." },
    );
  }
}
