// A trained network as a file that other programs run: pixels in, probabilities out.

import type { Preprocessing } from "../images/index.ts";
import { type Arrays, checkParameters, initialBuffers, type Network } from "../nn/index.ts";
import {
  ANY_BATCH,
  compile,
  constant,
  div,
  input,
  matmul,
  portableModel,
  reshape,
  sub,
  type Tensor,
} from "../tensor/index.ts";

/** How images are given to a classifier. */
export const PIXEL_TYPES = ["uint8", "float32"] as const;

/** `uint8`: bytes from 0 to 255. `float32`: numbers in [0, 1]. */
export type PixelType = (typeof PIXEL_TYPES)[number];

/** Names of the input and the output. */
const [IMAGES, PROBABILITIES] = ["images", "probabilities"];
const FORMAT = "datadam-classifier/1";

export interface ClassifierOptions {
  readonly network: Network;
  /** Parameters by `state_dict` name, and running statistics (default: those of a fresh network). */
  readonly parameters: Arrays;
  /** Of the images that the network was trained on: it becomes a part of the file. */
  readonly preprocessing: Preprocessing;
  /** One for each output of the network. */
  readonly classNames: readonly string[];
  /** Default `uint8`. */
  readonly pixels?: PixelType | undefined;
  /** More to say in the file, beside format, class names and network. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * A trained network as ONNX (opset 17, IR 8), with normalisation and whitening inside. Input `images`: uint8 or float32
 * pixels `[n, channels, height, width]`, any `n`, channels in the order red, green, blue. Output `probabilities`:
 * float32 `[n, classes]`. Batch norm uses its running statistics, as evaluation does.
 *
 * The metadata are `format`, `classNames` and `network` (both JSON) and `input`, beside what is given. With whitening
 * the file holds its matrix: 38 MB for 3 x 32 x 32 pixels.
 *
 * @throws RangeError where parameters, preprocessing or class names do not fit the network.
 */
export function encodeClassifier(options: ClassifierOptions): Uint8Array {
  const { network, preprocessing, classNames, pixels: type = "uint8", metadata = {} } = options;
  const { normalization, zca } = preprocessing;
  const [channels, height, width] = network.input;
  const d = channels * height * width;
  if (classNames.length !== network.classes) {
    throw new RangeError(`${network.name} has ${network.classes} outputs for ${classNames.length} class names`);
  }
  if (normalization.mean.length !== channels || (zca !== undefined && zca.mean.length !== d)) {
    throw new RangeError(`${network.name}: the preprocessing is not of images of ${network.input.join(" x ")}`);
  }
  const arrays = checkParameters(network, { ...initialBuffers(network), ...options.parameters });
  const specs = [...network.parameters, ...network.buffers];
  const values = Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: arrays[name] }]));
  const whitening = zca && {
    "zca.mean": { shape: [d], data: zca.mean },
    "zca.whiten": { shape: [d, d], data: zca.whiten },
  };
  const given = input(IMAGES, [ANY_BATCH, ...network.input]);
  const traced: Record<string, Tensor> = {};
  for (const [name, { shape }] of Object.entries({ ...values, ...whitening })) traced[name] = input(name, shape);
  const perChannel = (list: readonly number[]): Tensor => constant(list, [1, channels, 1, 1]);
  const unit = type === "uint8" ? div(given, 255) : given;
  let prepared = div(sub(unit, perChannel(normalization.mean)), perChannel(normalization.std));
  if (zca !== undefined) {
    const rows = matmul(sub(reshape(prepared, [ANY_BATCH, d]), traced["zca.mean"]), traced["zca.whiten"]);
    prepared = reshape(rows, given.shape);
  }
  const { logits } = network.forward(traced, prepared, "evaluate");
  const program = compile("classifier", { logits }, { bound: Object.keys(traced) });
  const range = type === "uint8" ? "0 to 255" : "0 to 1";
  return portableModel(program, {
    values: { ...values, ...whitening },
    input: type,
    softmax: PROBABILITIES,
    about:
      `Classifies images: ${type} pixels from ${range}, [n, ${network.input.join(", ")}], ` +
      `into ${network.classes} classes.`,
    metadata: {
      format: FORMAT,
      classNames: JSON.stringify(classNames),
      network: JSON.stringify({ name: network.name, ...network.options }),
      input: `${type} [n, ${network.input.join(", ")}], pixels from ${range}`,
      ...metadata,
    },
  });
}
