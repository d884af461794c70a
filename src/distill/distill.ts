// The loop: fresh network, real batches, matching step, SGD with momentum on the images.

import { augment, augmentAdjoint, drawAugmentation, parsePolicy } from "../augment/index.ts";
import { createEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { classIndices, type ImageSet, type PreparedSet, prepare, type SyntheticSet } from "../images/index.ts";
import { convnet, initialize, type Network } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import { resolveConfig, type SettledConfig, settleConfig } from "./config.ts";
import { initialState } from "./initial.ts";
import { bindParameters, type Match, Matcher } from "./match.ts";
import type { DistillEvent, DistillOptions, DistillRun, DistillState } from "./types.ts";

/**
 * Distils `set` with DataDAM. Randomness is keyed by (seed, iteration, class): the same seed gives the same bytes with
 * any number of workers, in one go or resumed, all classes at once or in shards (where the norm does not couple them).
 *
 * @param set     prepared, or as bytes (then it is normalised, and whitened if the configuration says so).
 * @param options `ipc`, any other key of the configuration (default: the `paper` preset), and how to run.
 * @throws DatadamError `INVALID_OPTION` for a bad configuration (at once); others reject `result` and the iteration.
 */
export function distill(set: ImageSet | PreparedSet, options: DistillOptions): DistillRun {
  const { engine, signal, classes, resume, ...partial } = options;
  const flippable = "flippable" in set ? set.flippable : undefined;
  const config = settleConfig(resolveConfig(partial), { ...set, ...(flippable === undefined ? {} : { flippable }) });
  return new Run(set, config, { engine, signal, classes, resume });
}

interface RunContext {
  readonly engine: Engine | undefined;
  readonly signal: AbortSignal | undefined;
  readonly classes: readonly number[] | undefined;
  readonly resume: DistillState | undefined;
}

class Run implements DistillRun {
  readonly #set: ImageSet | PreparedSet;
  readonly #config: SettledConfig;
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

  constructor(set: ImageSet | PreparedSet, config: SettledConfig, context: RunContext) {
    this.#set = set;
    this.#config = config;
    this.#context = context;
    this.#key = Key.fromSeed(config.seed);
    const [channels, height, width] = set.shape;
    this.#network = convnet({
      channels,
      size: height === width ? height : [height, width],
      classes: set.classNames.length,
      depth: config.depth,
      width: config.width,
      norm: config.norm,
      activation: config.activation,
      pooling: config.pooling,
    });
    this.#classes = checkClasses(set, config, context.classes);
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
    const { iteration, classes, images, momentum } = this.#state;
    return { iteration, classes: [...classes], images: images.slice(), momentum: momentum.slice() };
  }

  snapshot(): SyntheticSet {
    const { iteration, classes, images } = this.state();
    const { shape, classNames, preprocessing, name } = this.#prepared!;
    const labels = Uint16Array.from(
      { length: classes.length * this.#config.ipc },
      (_, i) => classes[Math.floor(i / this.#config.ipc)],
    );
    const provenance = { method: "datadam", dataset: name, ...this.#config, iteration };
    return { images, labels, shape, classNames, preprocessing, provenance };
  }

  async *#drive(): AsyncGenerator<DistillEvent> {
    const engine = this.#context.engine ?? (await createEngine());
    try {
      const set = "read" in this.#set ? this.#set : await prepare(this.#set, { zca: this.#zca });
      this.#prepared = set;
      const state = this.#context.resume ?? initialState(set, this.#config, this.#classes, this.#key);
      checkState(state, this.#classes, this.#config, set);
      this.#state = { ...state, images: state.images.slice(), momentum: state.momentum.slice() };
      const { power, lambda, scale, layers } = this.#config;
      const matcher = new Matcher({ network: this.#network, power, lambda, scale, layers, fresh: true }, engine);
      const step = new Step(set, this.#config, this.#key, this.#network, matcher, engine.workers);
      while (this.#state.iteration < this.#config.iterations) {
        this.#context.signal?.throwIfAborted();
        const started = performance.now();
        const iteration: number = this.#state.iteration + 1;
        const { images, momentum, distances } = await step.take(iteration, this.#state);
        const features = distances[layers.length];
        const attention = distances.slice(0, layers.length);
        const loss = scale * (attention.reduce((total, distance) => total + distance, 0) + lambda * features);
        if (!Number.isFinite(loss) || !images.every(Number.isFinite)) {
          throw new DatadamError(
            "DIVERGED",
            `the images are no longer finite at iteration ${iteration} (loss ${loss})`,
            {
              hint: "Use a smaller lrImg.",
            },
          );
        }
        this.#state = { ...this.#state, iteration, images, momentum };
        const seconds = (performance.now() - started) / 1000;
        yield { iteration, iterations: this.#config.iterations, loss, attention, features, seconds };
      }
      this.#finish.resolve();
    } catch (error) {
      this.#finish.reject(error);
      throw error;
    } finally {
      // After a break of the iteration there will be no more: whoever waits for the result is told.
      this.#finish.reject(new DOMException("the distillation was stopped before its last iteration", "AbortError"));
      if (this.#context.engine === undefined) await engine.close();
    }
  }

  get #zca(): false | { eps: number } {
    return this.#config.zca ? { eps: this.#config.zcaEps } : false;
  }
}

/** One iteration over the classes of a shard. */
class Step {
  readonly #set: PreparedSet;
  readonly #config: SettledConfig;
  readonly #key: Key;
  readonly #network: Network;
  readonly #matcher: Matcher;
  readonly #members: readonly (readonly number[] | Uint32Array)[];
  readonly #inFlight: number;

  constructor(set: PreparedSet, config: SettledConfig, key: Key, network: Network, matcher: Matcher, workers: number) {
    this.#set = set;
    this.#config = config;
    this.#key = key;
    this.#network = network;
    this.#matcher = matcher;
    this.#members = classIndices(set.labels, set.classNames.length);
    this.#inFlight = 2 * workers;
  }

  async take(
    iteration: number,
    state: DistillState,
  ): Promise<{ images: Float32Array; momentum: Float32Array; distances: number[] }> {
    const { ipc } = this.#config;
    const size = this.#network.input.reduce((product, extent) => product * extent, 1);
    const fresh = Object.entries(initialize(this.#network, this.#key.fold("network", iteration)));
    const parameters = bindParameters(Object.fromEntries(fresh.map(([name, { data }]) => [name, data])));
    const gradient = new Float32Array(state.images.length);
    const totals: number[][] = [];
    if (this.#network.coupled) {
      const batch = Math.min(this.#config.batchReal, ...state.classes.map((c) => this.#members[c].length));
      const parts = state.classes.map((c, i) =>
        this.#augmented(iteration, c, batch, state.images.subarray(i * ipc * size, (i + 1) * ipc * size)),
      );
      const [real, synthetic] = [join(parts.map((part) => part.real)), join(parts.map((part) => part.synthetic))];
      const match = await this.#matcher.matchCoupled(parameters, real, synthetic, state.classes.length);
      totals.push([...match.distances]);
      for (const [i, part] of parts.entries()) {
        gradient.set(part.adjoint(match.gradient.subarray(i * ipc * size, (i + 1) * ipc * size)), i * ipc * size);
      }
    } else {
      await inParallel(this.#inFlight, state.classes.length, async (i) => {
        const c = state.classes[i];
        const batch = Math.min(this.#config.batchReal, this.#members[c].length);
        const part = this.#augmented(iteration, c, batch, state.images.subarray(i * ipc * size, (i + 1) * ipc * size));
        const match: Match = await this.#matcher.matchClass(parameters, part.real, part.synthetic);
        totals[i] = [...match.distances];
        gradient.set(part.adjoint(match.gradient), i * ipc * size);
      });
    }
    const distances = totals[0].map((_, k) => totals.reduce((total, part) => total + part[k], 0));
    const { momentum: decay, lrImg } = this.#config;
    const momentum = gradient.map((g, i) => decay * state.momentum[i] + g);
    const images = state.images.map((x, i) => x - lrImg * momentum[i]);
    return { images, momentum, distances };
  }

  /** Real and synthetic images of a class under one augmentation, and the way back for gradients. */
  #augmented(
    iteration: number,
    c: number,
    batch: number,
    images: Float32Array,
  ): { real: Float32Array; synthetic: Float32Array; adjoint: (g: Float32Array) => Float32Array } {
    const members = this.#members[c];
    const picks = this.#key.fold("real", iteration, c).stream().sample(members.length, batch);
    const [channels, height, width] = this.#set.shape;
    const policy = parsePolicy(this.#config.augment, this.#config.augmentMode);
    const augmentation = drawAugmentation(this.#key.fold("augment", iteration, c).stream(), policy, { height, width });
    const real = this.#set.read(Array.from(picks, (pick) => members[pick]));
    const shape = (data: Float32Array): [number, number, number, number] => [
      data.length / (channels * height * width),
      channels,
      height,
      width,
    ];
    return {
      real: augment(augmentation, real, shape(real)),
      synthetic: augment(augmentation, images, shape(images)),
      adjoint: (g) => augmentAdjoint(augmentation, g, shape(g)),
    };
  }
}

/** Runs `task(0) ... task(count - 1)`, at most `most` at a time, in that order of starting. */
async function inParallel(most: number, count: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(most, count) }, lane));
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function checkClasses(
  set: ImageSet | PreparedSet,
  config: SettledConfig,
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
  if (config.norm === "batch" && wanted.length < all.length) {
    throw new DatadamError(
      "INVALID_OPTION",
      "norm batch couples the classes: a shard of them cannot be distilled alone",
      {
        hint: "Distil all classes in one run, or use norm instance.",
      },
    );
  }
  return wanted;
}

function checkState(state: DistillState, classes: readonly number[], config: SettledConfig, set: PreparedSet): void {
  const size = classes.length * config.ipc * set.shape.reduce((product, extent) => product * extent, 1);
  if (state.classes.join() !== classes.join() || state.images.length !== size || state.momentum.length !== size) {
    throw new DatadamError(
      "INVALID_RUN",
      `the state to resume from holds classes ${state.classes.join(",")} and ${state.images.length} numbers; classes ${classes.join(",")} at ipc ${config.ipc} need ${size}`,
    );
  }
}
