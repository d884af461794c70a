// The programs of training: gradients of a batch, the number of correct answers, and outputs.

import type { Program } from "../engine/types.ts";
import type { Network } from "../nn/index.ts";
import {
  type CompileOptions,
  compile,
  div,
  equal,
  grad,
  input,
  logSoftmax,
  matmul,
  max,
  maximum,
  mul,
  neg,
  sum,
  type Tensor,
  transpose,
} from "../tensor/index.ts";

/** Prefixes of output names. */
export const GRADIENT = "gradient.";
export const STATISTIC = "statistic.";

function traceInputs(
  network: Network,
  count: number,
  mode: "train" | "evaluate",
): { values: Record<string, Tensor>; images: Tensor; targets: Tensor } {
  const specs = mode === "train" ? network.parameters : [...network.parameters, ...network.buffers];
  return {
    values: Object.fromEntries(specs.map(({ name, shape }) => [name, input(name, shape)])),
    images: input("images", [count, ...network.input]),
    targets: input("targets", [count, network.classes]),
  };
}

/**
 * Sums over `count` images, given `images`, one-hot `targets` and the parameters: `loss`, `gradient.<parameter>` and,
 * with batch norm, `statistic.<buffer>`.
 *
 * @param options `winogradGradients`: the way back is linear, and every mask is drawn by then: its rounding flips none.
 *   `winogradForward`: a mask flips now and then, as with any other rounding, and steps of SGD do not mind.
 */
export function trainProgram(network: Network, count: number, options: CompileOptions = {}): Program {
  const { values, images, targets } = traceInputs(network, count, "train");
  const { logits, statistics } = network.forward(values, images, "train");
  const loss = neg(sum(mul(targets, logSoftmax(logits))));
  const names = Object.keys(values);
  const gradients = grad(
    loss,
    names.map((name) => values[name]),
  );
  const outputs: Record<string, Tensor> = { loss };
  for (const [i, name] of names.entries()) outputs[GRADIENT + name] = gradients[i];
  for (const [name, statistic] of Object.entries(statistics)) outputs[STATISTIC + name] = statistic;
  return compile("train", outputs, options);
}

/**
 * How many of `count` images are classified as their targets say: output `correct`.
 *
 * @param options `winograd`: nothing is differentiated, and logits within 1e-6 of each other are no answer.
 *   `answers`: a second output, `answers` `[classes, classes]`: images of a class (row) that were taken for a class
 *   (column).
 */
export function correctProgram(
  network: Network,
  count: number,
  { answers = false, ...options }: CompileOptions & { readonly answers?: boolean } = {},
): Program {
  const { values, images, targets } = traceInputs(network, count, "evaluate");
  const { logits } = network.forward(values, images, "evaluate");
  const best = equal(logits, max(logits, [1], { keep: true }));
  // Of k equally large ones, each is the answer with 1/k: networks whose logits are all the same answer by chance.
  const share = div(best, maximum(sum(best, [1], { keep: true }), 1));
  const outputs = {
    correct: sum(mul(share, targets)),
    ...(answers && { answers: matmul(transpose(targets, [1, 0]), share) }),
  };
  return compile("evaluate", outputs, { ...options, bound: Object.keys(values) });
}

/** Outputs of the network for `count` images, with running statistics: output `output`, `[count, d]`. */
export function outputProgram(network: Network, count: number, what: "features" | "logits"): Program {
  const { values, images } = traceInputs(network, count, "evaluate");
  const output = network.forward(values, images, "evaluate")[what];
  return compile(what, { output }, { bound: Object.keys(values) });
}
