// One matching step: the loss of synthetic against real images under one network, and its gradient.

import { concatFloats } from "../../bytes.ts";
import {
  flopsPerWeight,
  JOINT_IMAGES,
  LARGEST_PASS_BYTES,
  LARGEST_PASS_MICRO_BATCHES,
  MATCH_PART,
  MICRO_BATCH_FLOPS_PER_WEIGHT,
  ONE_PASS_MICRO_BATCHES,
  WHOLE_MICRO_BATCHES,
} from "../../engine/costModel.ts";
import type { Binding, Engine, Feeds, Program } from "../../engine/types.ts";
import { sizeOf } from "../../tensor/size.ts";
import { meansOverImages, split } from "../batches.ts";
import type { Match, Matching, MatchOptions, Targets } from "../method.ts";
import { hardLabels } from "../softLabels.ts";
import { BatchNormMeans } from "./batchNormMeans.ts";
import { distanceOf } from "./distance.ts";
import {
  labelledNames,
  matchProgram,
  meansProgram,
  type Objective,
  pullbackProgram,
  quantityNames,
  totalsProgram,
} from "./programs.ts";

/** By quantity: `[classes, d]`. */
type Means = Targets;

let bindings = 0;

/** Parameters as programs take them. @param returns see {@link Binding}. */
export function bindParameters(values: Readonly<Record<string, Float32Array>>, returns: boolean = false): Binding {
  return { id: `parameters${bindings++}`, values, returns };
}

/**
 * Matches class means under one objective, whatever its quantities are; programs are traced once for each shape. Its
 * distances are those of the quantities, unweighted, in the order of the objective's weights, then the losses of known
 * class.
 */
export class Matcher implements Matching {
  readonly objective: Objective;
  /**
   * Of other networks, and with losses of known class (whose sums and logarithms round by an image's place in the
   * batch), the last bits would depend on which classes share a program.
   */
  readonly joint: boolean;
  readonly #engine: Engine;
  readonly #programs = new Map<string, Program>();
  /** For batches that batch norm couples, on a CPU. */
  readonly #coupled: BatchNormMeans | undefined;

  /** @throws RangeError where neither a quantity nor a loss of known class has a weight above 0. */
  constructor(objective: Objective, engine: Engine) {
    const weights = { ...objective.weights, ...objective.labelled?.weights };
    if (!Object.values(weights).some((weight) => weight > 0)) {
      throw new RangeError("Matcher: all weights are 0, nothing is matched");
    }
    this.objective = objective;
    this.joint = objective.network.name === "convnet" && objective.labelled === undefined;
    this.#engine = engine;
    const parted = this.#onCpu && objective.network.usesBatchStatistics && BatchNormMeans.fits(objective);
    this.#coupled = parted ? new BatchNormMeans(objective, engine, { cpu: true, winograd: true }) : undefined;
  }

  /**
   * Mean quantities of each class of real images: what synthetic images are to match. Images (NCHW) are in class order,
   * as many of each class; several classes at once only where the norm couples the images of a batch.
   */
  targets(parameters: Binding, real: Float32Array, { length: classes }: readonly number[]): Promise<Means> {
    if (!this.objective.network.usesBatchStatistics) return this.#classMeans(parameters, real);
    const count = real.length / this.#imageSize / classes;
    if (this.#coupled !== undefined && classes * count > WHOLE_MICRO_BATCHES * this.#engine.microBatch) {
      return this.#coupled.means(parameters, real, classes);
    }
    const program = this.#program(`means${classes}`, count, () =>
      meansProgram(this.objective, classes, count, { cpu: this.#onCpu }),
    );
    return this.#engine.run(program, { images: real }, parameters);
  }

  /**
   * Loss and gradient of synthetic images, in class order as those of {@link targets}; their number may be another.
   * Several classes at once are one program where their images fit, of any network.
   */
  async match(
    parameters: Binding,
    targets: Means,
    synthetic: Float32Array,
    classes: readonly number[],
    options?: MatchOptions,
  ): Promise<Match> {
    const count = synthetic.length / this.#imageSize / classes.length;
    const labels = this.#labels(classes, classes.length * count, options);
    if (this.objective.network.usesBatchStatistics || this.#fitsOnePass(classes.length, count)) {
      const feeds = { ...targetFeeds(targets), ...labels };
      return this.#learnable(await this.#matchAll(parameters, feeds, synthetic, classes.length), options);
    }
    if (classes.length === 1) {
      return this.#learnable(await this.#twoPasses(parameters, targets, synthetic, labels), options);
    }
    const part = (all: Float32Array, c: number): Float32Array =>
      all.subarray((c * all.length) / classes.length, ((c + 1) * all.length) / classes.length);
    const matches = await Promise.all(
      classes.map((label, c) => {
        const classTargets = Object.entries(targets).map(([name, target]) => [name, part(target, c)]);
        const own = options?.labels === undefined ? options : { ...options, labels: part(options.labels, c) };
        return this.match(parameters, Object.fromEntries(classTargets), part(synthetic, c), [label], own);
      }),
    );
    const gradient = new Float32Array(synthetic.length);
    for (const [c, match] of matches.entries()) part(gradient, c).set(match.gradient);
    const distances = matches[0].distances.map((_, k) => matches.reduce((sum, match) => sum + match.distances[k], 0));
    return { distances, gradient, ...joined(matches) };
  }

  /** Whether one program may take all these images: so many on any machine. */
  #fitsOnePass(classes: number, count: number): boolean {
    const { microBatch } = this.#engine;
    const images = classes * count;
    if (images <= ONE_PASS_MICRO_BATCHES * microBatch) return true;
    if (!this.#onCpu || images > LARGEST_PASS_MICRO_BATCHES * microBatch) return false;
    const { memory = Number.POSITIVE_INFINITY } = this.#matchProgram(classes, count);
    return memory <= LARGEST_PASS_BYTES;
  }

  async #twoPasses(parameters: Binding, targets: Means, synthetic: Float32Array, labels: Feeds): Promise<Match> {
    const size = this.#imageSize;
    const count = synthetic.length / size;
    const means = await this.#classMeans(parameters, synthetic);
    const distances: number[] = [];
    const cotangents: Record<string, Float32Array> = {};
    for (const name of quantityNames(this.objective)) {
      const weight = this.objective.weights[name] / count;
      const { distance, gradient } = distanceOf(this.objective.errorType, means[name], targets[name], weight);
      if (weight > 0) cotangents[`cotangent.${name}`] = gradient;
      distances.push(distance);
    }
    const gradient = new Float32Array(synthetic.length);
    const parts = await Promise.all(
      split(count, this.#engine.microBatch).map(async ({ start, length }) => {
        const program = this.#program("pullback", length, () =>
          pullbackProgram(this.objective, length, {
            cpu: this.#onCpu,
            winogradGradients: this.#onCpu,
            winogradForward: this.#onCpu,
          }),
        );
        const images = synthetic.subarray(start * size, (start + length) * size);
        const feeds = { ...cotangents, ...this.#rowsOf(labels, start, length), images };
        const outputs = await this.#engine.run(program, feeds, parameters);
        gradient.set(outputs.gradient, start * size);
        return outputs;
      }),
    );
    for (const name of labelledNames(this.objective)) {
      distances.push(parts.reduce((total, outputs) => total + outputs[`distance.${name}`][0], 0));
    }
    return { distances, gradient, ...joined(parts.map(probabilitiesOf)) };
  }

  /** Whether losses of known class count in a network. */
  #counts({ accuracy = 1 }: MatchOptions = {}): boolean {
    return accuracy >= (this.objective.labelled?.from ?? 0);
  }

  /**
   * One-hot rows over the images of a class, for `labelled` losses; zeros in a network where these do not count. Where
   * labels are learned, a row an image, over the images of its class.
   */
  #labels(classes: readonly number[], images: number, options: MatchOptions = {}): Feeds {
    const { labelled, network } = this.objective;
    if (labelled === undefined) return {};
    if (labelled.logProbabilities !== undefined) {
      const each = images / classes.length;
      const known = options.labels ?? hardLabels(classes, each, network.classes);
      return { labels: this.#counts(options) ? known.map((value) => value / each) : new Float32Array(known.length) };
    }
    const labels = new Float32Array(classes.length * network.classes);
    if (!this.#counts(options)) return { labels };
    for (const [i, label] of classes.entries()) labels[i * network.classes + label] = classes.length / images;
    return { labels };
  }

  /** The labels of some images of a class: all have the same where labels are hard. */
  #rowsOf(feeds: Feeds, start: number, length: number): Feeds {
    if (this.objective.labelled?.logProbabilities === undefined) return feeds;
    const width = this.objective.network.classes;
    return { labels: (feeds.labels as Float32Array).subarray(start * width, (start + length) * width) };
  }

  /** Without what a network says that does not count. */
  #learnable({ probabilities, ...match }: Match, options: MatchOptions | undefined): Match {
    return probabilities !== undefined && this.#counts(options) ? { ...match, probabilities } : match;
  }

  async #matchAll(parameters: Binding, targets: Feeds, images: Float32Array, classes: number): Promise<Match> {
    const program = this.#matchProgram(classes, images.length / this.#imageSize / classes);
    const outputs = await this.#engine.run(program, { images, ...targets }, parameters);
    const names = [...quantityNames(this.objective), ...labelledNames(this.objective)];
    const distances = names.map((name) => outputs[`distance.${name}`][0]);
    return { distances, gradient: outputs.gradient, ...probabilitiesOf(outputs) };
  }

  #matchProgram(classes: number, count: number): Program {
    const cpu = this.#onCpu;
    // Its sums depend on which images share a program: not where classes may be matched together.
    const alone = 2 * count > JOINT_IMAGES || !this.joint;
    return this.#program(`match${classes}`, count, () => {
      const options = { cpu, winogradGradients: cpu, winogradForward: cpu && alone };
      const program = matchProgram(this.objective, classes, count, options);
      const images = classes * count;
      if (!cpu || images < 2 * MATCH_PART) return program;
      const heavy = flopsPerWeight(program, images, this.objective.network.parameters) >= MICRO_BATCH_FLOPS_PER_WEIGHT;
      return heavy ? matchProgram(this.objective, classes, count, { ...options, part: MATCH_PART }) : program;
    });
  }

  #classMeans(parameters: Binding, images: Float32Array): Promise<Means> {
    return meansOverImages({
      engine: this.#engine,
      images,
      size: this.#imageSize,
      most: this.#engine.forwardBatch,
      program: (length) =>
        this.#program("totals", length, () =>
          totalsProgram(this.objective, length, { cpu: this.#onCpu, winograd: this.#onCpu }),
        ),
      parameters,
    });
  }

  /** Where Winograd's filtering pays, and what only ONNX Runtime's CPU provider has. */
  get #onCpu(): boolean {
    return this.#engine.device === "cpu";
  }

  get #imageSize(): number {
    return sizeOf(this.objective.network.input);
  }

  #program(kind: string, count: number, build: () => Program): Program {
    const key = `${kind}x${count}`;
    const program = this.#programs.get(key) ?? build();
    this.#programs.set(key, program);
    return program;
  }
}

/** What the network says of each image, where labels are learned. */
function probabilitiesOf({ logProbabilities }: Readonly<Record<string, Float32Array>>): Pick<Match, "probabilities"> {
  return logProbabilities === undefined ? {} : { probabilities: logProbabilities.map(Math.exp) };
}

/** The same of several parts, in their order. */
function joined(parts: readonly Pick<Match, "probabilities">[]): Pick<Match, "probabilities"> {
  const known = parts.flatMap(({ probabilities }) => probabilities ?? []);
  return known.length === 0 ? {} : { probabilities: concatFloats(known) };
}

function targetFeeds(targets: Means): Feeds {
  return Object.fromEntries(Object.entries(targets).map(([name, target]) => [`target.${name}`, target]));
}
