// The programs of matching class means: the means of real images, and how synthetic images should change.

import type { Program } from "../../engine/types.ts";
import type { Forward, Network, Tensors } from "../../nn/index.ts";
import {
  add,
  type CompileOptions,
  compile,
  concatenate,
  constant,
  grad,
  input,
  mean,
  mul,
  reshape,
  slice,
  sum,
  type Tensor,
  vjp,
} from "../../tensor/index.ts";
import { sizeOf } from "../../tensor/size.ts";
import { distance } from "./distance.ts";
import type { ErrorType } from "./variants.ts";

/** A loss between class means: the weighted sum of distances between the means of some quantities. */
export interface Objective {
  readonly network: Network;
  /** Of each image, `[n, d]`, by name: the quantities whose class means are matched. */
  readonly quantities: (forward: Forward) => Tensors;
  /**
   * The weight of each quantity's distance in the loss. One of weight 0 is measured only. Their order is the
   * distances'.
   */
  readonly weights: Readonly<Record<string, number>>;
  readonly errorType: ErrorType;
  /** What is added to the loss that depends on the class of a synthetic image, and on no real ones. */
  readonly labelled?: LabelledLosses;
  /**
   * The network is as initialised, so that constant parameters (the norms' scales of one and biases of zero) are
   * written into the program.
   */
  readonly fresh: boolean;
}

/** Losses of synthetic images of known class: the mean over the images of a class, summed over classes. */
export interface LabelledLosses {
  /** Of each image, were it of each class, `[n, classes]`, by name. */
  readonly losses: (forward: Forward) => Tensors;
  /** Of each in the loss. Their order is that of the distances, behind those of the quantities. */
  readonly weights: Readonly<Record<string, number>>;
  /**
   * Training accuracy, 0 to 1, from which a network's count; below it they are 0. A network whose accuracy is not known
   * counts. Default 0.
   */
  readonly from?: number;
  /**
   * Labels are learned: each image has a row of probabilities of its own, and this says what the network makes of it,
   * as logarithms `[n, classes]`. Default: labels are hard.
   */
  readonly logProbabilities?: (forward: Forward) => Tensor;
}

/** Names of the matched quantities, in order. */
export function quantityNames({ weights }: Objective): string[] {
  return Object.keys(weights);
}

/** Names of the losses of known class, in order. */
export function labelledNames({ labelled }: Objective): string[] {
  return Object.keys(labelled?.weights ?? {});
}

/** The parameters as inputs; those of a fresh network that are constant, as constants. */
export function parameterInputs({ network, fresh }: Pick<Objective, "network" | "fresh">): Tensors {
  return Object.fromEntries(
    network.parameters.map(({ name, shape, initial }) => [
      name,
      fresh && "value" in initial
        ? constant(new Float32Array(sizeOf(shape)).fill(initial.value), shape)
        : input(name, shape),
    ]),
  );
}

function forwardOf(objective: Objective, images: Tensor): Forward {
  return objective.network.forward(parameterInputs(objective), images, "train");
}

/** Forward passes of equal parts of the images, of `least` or more each. One pass where images are coupled. */
function forwardParts(objective: Objective, images: Tensor, least: number): Forward[] {
  const { network } = objective;
  const [count, ...extents] = images.shape;
  const parts = network.usesBatchStatistics ? 1 : Math.max(1, Math.floor(count / least));
  if (parts === 1) return [forwardOf(objective, images)];
  const parameters = parameterInputs(objective);
  const zeros = extents.map(() => 0);
  const starts = Array.from({ length: parts + 1 }, (_, k) => Math.floor((k * count) / parts));
  return starts
    .slice(1)
    .map((end, k) => network.forward(parameters, slice(images, [starts[k], ...zeros], [end, ...extents]), "train"));
}

/** What is taken of each image, `[n, d]` by name, of all parts. */
function together(parts: readonly Forward[], take: (forward: Forward) => Tensors): Record<string, Tensor> {
  const taken = parts.map(take);
  if (taken.length === 1) return taken[0];
  return Object.fromEntries(
    Object.keys(taken[0]).map((name) => [name, concatenate(taken.map((values) => values[name]))]),
  );
}

/** Matched quantities of each image, `[n, d]` each, by name. */
function perImage(objective: Objective, images: Tensor): Record<string, Tensor> {
  return matched(objective, forwardOf(objective, images));
}

/**
 * Losses of known class, by name, of images in class order: scalars.
 *
 * Input `labels` `[classes, network.classes]`: one-hot rows over the number of images of the class, or zeros where the
 * losses do not count. So those of parts of a class add up to that of the class. Where labels are learned they are rows
 * of the images, `[images, network.classes]`.
 */
function labelledLosses(objective: Objective, parts: readonly Forward[], classes: number): Record<string, Tensor> {
  const names = labelledNames(objective);
  if (names.length === 0) return {};
  const width = objective.network.classes;
  const { losses, logProbabilities } = objective.labelled!;
  const own = logProbabilities !== undefined;
  const images = parts.reduce((sum, { logits }) => sum + logits.shape[0], 0);
  const rows = input("labels", [own ? images : classes, width]);
  const labels = own ? rows : reshape(rows, [classes, 1, width]);
  const values = together(parts, losses);
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      const fits = value?.shape.length === 2 && value.shape[1] === width;
      if (!fits) throw new TypeError(`labelled: "${name}" must be [images, ${width}]`);
      return [name, sum(mul(own ? value : reshape(value, [classes, value.shape[0] / classes, width]), labels))];
    }),
  );
}

/** What labels are learned from: output `logProbabilities`, where they are. */
function learning({ labelled }: Objective, parts: readonly Forward[]): Record<string, Tensor> {
  const { logProbabilities } = labelled ?? {};
  if (logProbabilities === undefined) return {};
  return together(parts, (forward) => ({ logProbabilities: logProbabilities(forward) }));
}

/**
 * The same of a forward pass.
 *
 * @throws TypeError where a quantity that has a weight is missing, or is not `[n, d]`.
 */
export function matched(objective: Objective, forward: Forward): Record<string, Tensor> {
  const values = objective.quantities(forward);
  return Object.fromEntries(
    quantityNames(objective).map((name) => {
      const value = values[name];
      if (value === undefined) throw new TypeError(`quantities: "${name}" has a weight, but is not given`);
      if (value.shape.length === 2) return [name, value];
      throw new TypeError(`quantities: "${name}" must be [images, numbers], is [${value.shape.join(", ")}]`);
    }),
  );
}

export function imagesInput({ network }: Pick<Objective, "network">, count: number): Tensor {
  return input("images", [count, ...network.input]);
}

/**
 * Sums over `count` images of what is matched: outputs `[d]` each. Sums of parts add up to that of the whole.
 *
 * @param options `winograd`: means need no gradient, so no mask can flip: rounding of 1e-6 is harmless, and a fifth of
 *   the time is saved.
 */
export function totalsProgram(objective: Objective, count: number, options: CompileOptions = {}): Program {
  const values = perImage(objective, imagesInput(objective, count));
  // ONNX Runtime computes what comes last first: each map is used while it is in the caches, not after all others.
  const latestFirst = Object.fromEntries(Object.entries(values).toReversed());
  return trace(
    "totals",
    objective,
    mapValues(latestFirst, (value) => sum(value, [0])),
    options,
  );
}

/** Means over each class of `classes * count` images in class order: outputs `[classes, d]` each. */
export function meansProgram(
  objective: Objective,
  classes: number,
  count: number,
  options: CompileOptions = {},
): Program {
  const values = perImage(objective, imagesInput(objective, classes * count));
  return trace(
    "means",
    objective,
    mapValues(values, (value) => classMeans(value, classes)),
    options,
  );
}

function classMeans(value: Tensor, classes: number): Tensor {
  const [n, d] = value.shape;
  return mean(reshape(value, [classes, n / classes, d]), [1]);
}

export interface MatchProgramOptions extends CompileOptions {
  /** Images pass through the network in parts of so many or more. Default: all at once. */
  readonly part?: number;
}

/**
 * Loss and gradient of synthetic images against target means (inputs `target.<quantity>` `[classes, d]`): outputs
 * `distance.<quantity>` (summed over classes, unweighted) and `gradient` `[classes * count, c, h, w]` of the weighted
 * sum of distances. Losses of known class are distances too, and take the input `labels` `[classes, network.classes]`.
 *
 * @param options `winogradGradients`: the way back is linear, and every mask is drawn by then: its rounding flips none.
 */
export function matchProgram(
  objective: Objective,
  classes: number,
  count: number,
  { part = Number.POSITIVE_INFINITY, ...options }: MatchProgramOptions = {},
): Program {
  const images = imagesInput(objective, classes * count);
  const parts = forwardParts(objective, images, part);
  const values = together(parts, (forward) => matched(objective, forward));
  const outputs: Record<string, Tensor> = {};
  let loss: Tensor | undefined;
  for (const name of quantityNames(objective)) {
    const means = classMeans(values[name], classes);
    const apart = distance(objective.errorType, means, input(`target.${name}`, means.shape));
    outputs[`distance.${name}`] = apart;
    const weight = objective.weights[name];
    if (weight === 0) continue;
    const weighted = mul(apart, weight);
    loss = loss === undefined ? weighted : add(loss, weighted);
  }
  for (const [name, value] of Object.entries(labelledLosses(objective, parts, classes))) {
    outputs[`distance.${name}`] = value;
    const weighted = mul(value, objective.labelled!.weights[name]);
    loss = loss === undefined ? weighted : add(loss, weighted);
  }
  outputs.gradient = grad(loss!, [images])[0];
  Object.assign(outputs, learning(objective, parts));
  return trace("match", objective, outputs, options);
}

/**
 * The image gradient given each quantity's cotangent (inputs `cotangent.<quantity>` `[d]`, the same for every image):
 * for synthetic classes too large for one {@link matchProgram}. Outputs the part that these images have in the losses
 * of known class (input `labels` `[1, network.classes]`, or rows of the images) too, as `distance.<name>`.
 */
export function pullbackProgram(objective: Objective, count: number, options: CompileOptions = {}): Program {
  const images = imagesInput(objective, count);
  const forward = forwardOf(objective, images);
  const values = matched(objective, forward);
  const outputs: Record<string, Tensor> = {};
  const cotangents = quantityNames(objective)
    .filter((name) => objective.weights[name] !== 0)
    .map((name) => [values[name], reshape(input(`cotangent.${name}`, [values[name].shape[1]]), [1, -1])] as const);
  const labelled = Object.entries(labelledLosses(objective, [forward], 1));
  for (const [name, value] of labelled) outputs[`distance.${name}`] = value;
  if (labelled.length === 0) {
    const parts = cotangents.map(([value, cotangent]) => vjp(value, cotangent, [images])[0]);
    outputs.gradient = parts.reduce((total, part) => add(total, part));
  } else {
    // One way back for all: the losses go all the way, as the features do.
    const terms = [
      ...cotangents.map(([value, cotangent]) => sum(mul(value, cotangent))),
      ...labelled.map(([name, value]) => mul(value, objective.labelled!.weights[name])),
    ];
    const total = terms.reduce((sum, term) => add(sum, term));
    outputs.gradient = grad(total, [images])[0];
  }
  Object.assign(outputs, learning(objective, [forward]));
  return trace("pullback", objective, outputs, options);
}

/** Parameters are bound: they stay for all classes of an iteration. */
export function trace(
  name: string,
  { network }: Pick<Objective, "network">,
  outputs: Readonly<Record<string, Tensor>>,
  options: CompileOptions = {},
): Program {
  return compile(name, outputs, { ...options, bound: network.parameters.map((parameter) => parameter.name) });
}

function mapValues(record: Readonly<Record<string, Tensor>>, f: (value: Tensor) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}
