// The real pass of a network with batch norm, in micro-batches. Its statistics are those of all images, so that there
// is one sweep over the images for each norm; what a sweep computes for the next ones is kept where that is cheaper
// than computing it again.

import { KEPT_FLOPS_PER_BYTE } from "../../engine/costModel.ts";
import type { Binding, Engine, Feeds, Program } from "../../engine/types.ts";
import {
  type CompileOptions,
  input,
  mean,
  mul,
  reshape,
  sub,
  substitute,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import { sizeOf } from "../../tensor/size.ts";
import { split } from "../batches.ts";
import type { Targets } from "../method.ts";
import { imagesInput, matched, type Objective, parameterInputs, trace } from "./programs.ts";

interface Sweep {
  /** Prefix of the norm's buffers. */
  readonly norm: string;
  /**
   * Outputs `mean`, `deviation` (sum of squares about it), `[n, c]` of each image, and `kept`, where it is worth it.
   */
  readonly program: Program;
  readonly keeps: boolean;
  /** Of a channel of an image. */
  readonly positions: number;
}

interface Plan {
  readonly sweeps: readonly Sweep[];
  /** Sums of the matched quantities over the images. */
  readonly totals: Program;
}

/** A micro-batch: images of one class. */
interface Part {
  readonly label: number;
  readonly length: number;
  /** `images`, and what sweeps have kept. */
  feeds: Feeds;
}

export class BatchNormMeans {
  readonly #objective: Objective;
  readonly #engine: Engine;
  readonly #options: CompileOptions;
  readonly #plans = new Map<number, Plan>();

  constructor(objective: Objective, engine: Engine, options: CompileOptions = {}) {
    this.#objective = objective;
    this.#engine = engine;
    this.#options = options;
  }

  /** Whether a network gives what its norms normalise: one of the user's own need not. */
  static fits({ network }: Objective): boolean {
    const { buffers } = network;
    const norms = Object.keys(forward(network, 1).normalized ?? {});
    const named = norms.flatMap((norm) => [meanOf(norm), varianceOf(norm)]);
    return norms.length > 0 && buffers.length === named.length && buffers.every(({ name }) => named.includes(name));
  }

  /** Means over each class of images in class order: `[classes, d]` by quantity. */
  async means(parameters: Binding, images: Float32Array, classes: number): Promise<Targets> {
    const { network } = this.#objective;
    const size = sizeOf(network.input);
    const count = images.length / size / classes;
    const parts: Part[] = Array.from({ length: classes }, (_, label) =>
      split(count, this.#engine.microBatch).map(({ start, length }) => {
        const at = (label * count + start) * size;
        return { label, length, feeds: { images: images.subarray(at, at + length * size) } };
      }),
    ).flat();
    const statistics: Record<string, Float32Array> = {};
    const { sweeps } = this.#plan(parts[0].length);
    for (const i of sweeps.keys()) Object.assign(statistics, await this.#sweep(i, parts, statistics, parameters));
    return this.#totals(parts, statistics, parameters, classes, count);
  }

  async #sweep(i: number, parts: Part[], statistics: Feeds, parameters: Binding): Promise<Feeds> {
    const results = await Promise.all(
      parts.map(async (part) => {
        const plan = this.#plan(part.length);
        const { program, norm, keeps } = plan.sweeps[i];
        const feeds = pick({ ...part.feeds, ...statistics }, program);
        const { kept: activations, ...result } = await this.#engine.run(program, feeds, parameters);
        const later = [...plan.sweeps.slice(i + 1).map((sweep) => sweep.program), plan.totals];
        const known = keeps ? { ...part.feeds, [keptOf(norm)]: activations } : part.feeds;
        part.feeds = Object.assign({}, ...later.map((program) => pick(known, program)));
        return result;
      }),
    );
    return statisticsOf(this.#plan(parts[0].length).sweeps[i], results);
  }

  async #totals(
    parts: readonly Part[],
    statistics: Feeds,
    parameters: Binding,
    classes: number,
    count: number,
  ): Promise<Targets> {
    const lengths = [...new Set(parts.map(({ length }) => length))];
    const sums = await Promise.all(
      Array.from({ length: classes }, (_, label) =>
        Promise.all(
          lengths.map((length) => {
            const { totals } = this.#plan(length);
            const labelParts = parts.filter((part) => part.label === label && part.length === length);
            const batches = labelParts.map(({ feeds }) => pick(feeds, totals));
            return this.#engine.sum(totals, pick(statistics, totals), batches, parameters);
          }),
        ),
      ),
    );
    const means: Record<string, Float32Array> = {};
    for (const { name, shape } of this.#plan(parts[0].length).totals.outputs) {
      const [d] = shape;
      means[name] = new Float32Array(classes * d);
      for (const [label, classSums] of sums.entries()) {
        for (let k = 0; k < d; k++) {
          means[name][label * d + k] = classSums.reduce((total, part) => total + part[name][k], 0) / count;
        }
      }
    }
    return means;
  }

  /** The programs for `count` images at once. */
  #plan(count: number): Plan {
    const plan = this.#plans.get(count) ?? makePlan(this.#objective, count, this.#options);
    this.#plans.set(count, plan);
    return plan;
  }
}

function makePlan(objective: Objective, count: number, options: CompileOptions): Plan {
  const evaluated = forward(objective.network, count, parameterInputs(objective));
  const substitutes = new Map<Tensor, Tensor>();
  const compiled = (name: string, outputs: Record<string, Tensor>): Program =>
    trace(name, objective, substitute(outputs, substitutes), options);
  const sweeps = Object.entries(evaluated.normalized ?? {}).map(([norm, x]): Sweep => {
    const outputs = imageStatistics(x);
    const program = compiled("statistics", outputs);
    const positions = x.shape[2] * x.shape[3];
    if (program.flops < KEPT_FLOPS_PER_BYTE * 4 * x.size) return { norm, program, keeps: false, positions };
    const keeping = compiled("statistics", { ...outputs, kept: x });
    substitutes.set(x, input(keptOf(norm), x.shape));
    return { norm, program: keeping, keeps: true, positions };
  });
  const quantities = Object.entries(matched(objective, evaluated)).map(([name, value]) => [name, sum(value, [0])]);
  return { sweeps, totals: compiled("totals", Object.fromEntries(quantities)) };
}

/** The network with given statistics. */
function forward(
  network: Objective["network"],
  count: number,
  parameters = parameterInputs({ network, fresh: false }),
): ReturnType<Objective["network"]["forward"]> {
  const buffers = Object.fromEntries(network.buffers.map(({ name, shape }) => [name, input(name, shape)]));
  return network.forward({ ...parameters, ...buffers }, imagesInput({ network }, count), "evaluate");
}

/** Of each channel of each image of `x [n, c, h, w]`: its mean, and the sum of squares about that. */
function imageStatistics(x: Tensor): Record<string, Tensor> {
  const [n, c, h, w] = x.shape;
  const rows = reshape(x, [n, c, h * w]);
  const average = mean(rows, [2], { keep: true });
  const centred = sub(rows, average);
  return { mean: reshape(average, [n, c]), deviation: sum(mul(centred, centred), [2]) };
}

/** Mean and biased variance of each channel over all images, in float64 (Chan et al. 1979). */
function statisticsOf({ norm, program, positions }: Sweep, results: readonly Feeds[]): Feeds {
  const channels = program.outputs[0].shape[1];
  const [average, variance] = [new Float64Array(channels), new Float64Array(channels)];
  const images = results.reduce((total, result) => total + result.mean.length / channels, 0);
  for (const { mean } of results) for (let i = 0; i < mean.length; i++) average[i % channels] += mean[i] / images;
  for (const { mean, deviation } of results) {
    for (let i = 0; i < mean.length; i++) {
      const c = i % channels;
      variance[c] += (deviation[i] / positions + (mean[i] - average[c]) ** 2) / images;
    }
  }
  return { [meanOf(norm)]: new Float32Array(average), [varianceOf(norm)]: new Float32Array(variance) };
}

const meanOf = (norm: string): string => `${norm}.running_mean`;
const varianceOf = (norm: string): string => `${norm}.running_var`;
const keptOf = (norm: string): string => `kept.${norm}`;

/** What `program` takes of `feeds`. */
function pick(feeds: Feeds, { inputs }: Program): Feeds {
  return Object.fromEntries(inputs.flatMap(({ name }) => (feeds[name] === undefined ? [] : [[name, feeds[name]]])));
}
