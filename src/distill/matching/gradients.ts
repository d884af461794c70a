// Gradient matching (DC, Zhao, Mopuri & Bilen, ICLR 2021): synthetic images whose loss pulls the network's weights the
// same way as that of the real ones, layer by layer.

import type { Binding, Engine, Program } from "../../engine/types.ts";
import type { Network, ParameterSpec } from "../../nn/index.ts";
import { add, grad, input, logSoftmax, mul, neg, sum, type Tensor } from "../../tensor/index.ts";
import { sizeOf } from "../../tensor/size.ts";
import { meansOverImages, split } from "../batches.ts";
import type { Match, Matching, Targets } from "../method.ts";
import { imagesInput, parameterInputs, trace } from "./programs.ts";

/** Added to the product of norms in a cosine, as in the family's code. */
const EPS = 1e-6;

export interface GradientObjective {
  readonly network: Network;
  /** The network is as initialised: see `Objective`. */
  readonly fresh: boolean;
}

/**
 * The parameters whose gradients are matched: weights. Vectors (biases, norms' parameters) are left out, as in the
 * paper's code; a layer norm's, `[c, h, w]`, are not.
 */
export function matchedWeights({ parameters }: Network): readonly ParameterSpec[] {
  return parameters.filter(({ shape }) => shape.length >= 2);
}

/**
 * Gradients, by weight, of the cross-entropy summed over images of one class (input `targets` `[1, classes]`, one-hot).
 */
function classGradients(objective: GradientObjective, images: Tensor): Record<string, Tensor> {
  const { network } = objective;
  const values = parameterInputs(objective);
  const { logits } = network.forward(values, images, "train");
  const loss = neg(sum(mul(logSoftmax(logits), input("targets", [1, network.classes]))));
  const names = matchedWeights(network).map(({ name }) => name);
  const gradients = grad(
    loss,
    names.map((name) => values[name]),
  );
  return Object.fromEntries(names.map((name, i) => [name, gradients[i]]));
}

/** Outputs `gradient.<weight>`, summed over `count` images. The way back is linear: filtering it flips no mask. */
function gradientsProgram(objective: GradientObjective, count: number, onCpu: boolean): Program {
  const gradients = classGradients(objective, imagesInput(objective, count));
  const outputs = Object.fromEntries(Object.entries(gradients).map(([name, value]) => [`gradient.${name}`, value]));
  return trace("gradients", objective, outputs, { cpu: onCpu, winogradGradients: onCpu });
}

/** Output `gradient`: of `sum of <gradient.<weight>, cotangent.<weight>>` with respect to the images. Second order. */
function pullbackProgram(objective: GradientObjective, count: number, onCpu: boolean): Program {
  const images = imagesInput(objective, count);
  const products = Object.entries(classGradients(objective, images)).map(([name, value]) =>
    sum(mul(value, input(`cotangent.${name}`, value.shape))),
  );
  const total = products.reduce((a, b) => add(a, b));
  return trace(
    "gradientPullback",
    objective,
    { gradient: grad(total, [images])[0] },
    { cpu: onCpu, winogradGradients: onCpu },
  );
}

/** Matches mean gradients class by class. Its distances: that of each weight, in the network's order. */
export class GradientMatcher implements Matching {
  readonly #objective: GradientObjective;
  readonly #engine: Engine;
  readonly #weights: readonly ParameterSpec[];
  readonly #size: number;
  readonly #programs = new Map<string, Program>();

  constructor(objective: GradientObjective, engine: Engine) {
    if (objective.network.usesBatchStatistics)
      throw new RangeError("GradientMatcher: batch norm couples the images of a class");
    this.#objective = objective;
    this.#engine = engine;
    this.#weights = matchedWeights(objective.network);
    this.#size = sizeOf(objective.network.input);
  }

  /** Mean gradients of real images of one class, `gradient.<weight>`. */
  targets(parameters: Binding, real: Float32Array, [label]: readonly number[]): Promise<Targets> {
    return meansOverImages({
      engine: this.#engine,
      images: real,
      size: this.#size,
      most: this.#engine.microBatch,
      program: (length) => this.#program("gradients", length, gradientsProgram),
      common: this.#oneHot(label),
      parameters,
    });
  }

  async match(
    parameters: Binding,
    targets: Targets,
    synthetic: Float32Array,
    classes: readonly number[],
  ): Promise<Match> {
    const count = synthetic.length / this.#size;
    const gradients = await this.targets(parameters, synthetic, classes);
    const distances: number[] = [];
    const feeds: Record<string, Float32Array> = { ...this.#oneHot(classes[0]) };
    for (const { name, shape } of this.#weights) {
      const key = `gradient.${name}`;
      const { distance, gradient } = rowDistance(gradients[key], targets[key], shape[0], 1 / count);
      distances.push(distance);
      feeds[`cotangent.${name}`] = gradient;
    }
    const gradient = new Float32Array(synthetic.length);
    await Promise.all(
      split(count, this.#engine.microBatch).map(async ({ start, length }) => {
        const program = this.#program("pullback", length, pullbackProgram);
        const images = synthetic.subarray(start * this.#size, (start + length) * this.#size);
        const outputs = await this.#engine.run(program, { ...feeds, images }, parameters);
        gradient.set(outputs.gradient, start * this.#size);
      }),
    );
    return { distances, gradient };
  }

  #oneHot(label: number): { targets: Float32Array } {
    const targets = new Float32Array(this.#objective.network.classes);
    targets[label] = 1;
    return { targets };
  }

  #program(kind: string, length: number, build: typeof gradientsProgram): Program {
    const key = `${kind}${length}`;
    const program = this.#programs.get(key) ?? build(this.#objective, length, this.#engine.device === "cpu");
    this.#programs.set(key, program);
    return program;
  }
}

/**
 * `sum over rows of 1 - cos(row of synthetic, row of target)`: the paper's distance of a layer, a row for each output
 * node. In float64, with `weight` times its gradient with respect to `synthetic`; derived by hand, as in `distance.ts`.
 */
export function rowDistance(
  synthetic: Float32Array,
  target: Float32Array,
  rows: number,
  weight: number,
): { readonly distance: number; readonly gradient: Float32Array } {
  const columns = synthetic.length / rows;
  const gradient = new Float32Array(synthetic.length);
  let distance = 0;
  for (let row = 0; row < rows; row++) {
    let [dot, a, b] = [0, 0, 0];
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      dot += synthetic[i] * target[i];
      a += synthetic[i] * synthetic[i];
      b += target[i] * target[i];
    }
    const [normA, normB] = [Math.sqrt(a), Math.sqrt(b)];
    const norms = normA * normB + EPS;
    distance += 1 - dot / norms;
    const back = normA === 0 ? 0 : (dot * normB) / (normA * norms * norms);
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      gradient[i] = weight * (back * synthetic[i] - target[i] / norms);
    }
  }
  return { distance, gradient };
}
