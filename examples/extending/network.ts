// A network with an option of its own. From outside it is handed over with the option set:
//
//     distill(set, { ipc: 1, network: (images) => strided({ ...images, kernel: 5 }) })
//
// To add it to the library, this file becomes src/nn/architectures/strided.ts, and the index of that folder gets one
// line:
//
//     export { strided } from "./strided.ts";
//
// Then `datadam distill --set arch=strided --set kernel=5` distils with it, and `datadam keys` explains `kernel`.

import { architecture, linear, linearSpecs, unbiasedConvSpecs } from "datadam/nn";
import { conv2d, mean, relu, type Tensor } from "datadam/tensor";

/** Two strided convolutions, the mean over all positions, one linear layer. */
export const strided = architecture({
  facts: { name: "strided", summary: "two strided convolutions", width: 16, norms: ["none"], smallest: 4 },
  options: {
    kernel: { type: "integer", least: 1, most: 9, default: 3, description: "Extent of the kernels, odd. auto: 3." },
  },
  build({ channels, classes, width, kernel }) {
    if (kernel % 2 === 0) throw new RangeError(`strided: kernel must be odd, got ${kernel}`);
    return {
      parameters: [
        ...unbiasedConvSpecs("conv1", [width, channels, kernel, kernel]),
        ...unbiasedConvSpecs("conv2", [2 * width, width, kernel, kernel]),
        ...linearSpecs("classifier", 2 * width, classes),
      ],
      activationCount: 2,
      forward(values, images) {
        const block = (x: Tensor, name: string): Tensor =>
          relu(conv2d(x, values[`${name}.weight`], { stride: 2, padding: (kernel - 1) / 2 }));
        const first = block(images, "conv1");
        const second = block(first, "conv2");
        const features = mean(second, [2, 3]);
        return {
          activations: [first, second],
          features,
          logits: linear(features, values, "classifier"),
          statistics: {},
        };
      },
    };
  },
});
