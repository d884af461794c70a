// Convolutions of small maps as one product for all images: what each position sees, gathered as a column. ONNX
// Runtime's convolution makes a product for each image, too narrow to be quick where maps have few positions.

import { matmul, swapLast } from "../ops/matmul.ts";
import { concatenate, pad, reshape, slice, transpose } from "../ops/shape.ts";
import type { Shape, Tensor } from "../tensor.ts";

type Geometry = { readonly stride: number; readonly padding: number };

/** Whether one product for all images pays: few positions of many channels. */
export function im2colPays(weight: Shape, height: number, width: number): boolean {
  return height * width <= 16 && weight[0] >= 64 && weight[1] >= 64;
}

/** `x [n, c, h, w]` -> `[c kh kw, n ho wo]`; `turned`: the taps in the order of a kernel turned by 180 degrees. */
function im2col(
  x: Tensor,
  [kh, kw]: readonly number[],
  [ho, wo]: readonly number[],
  { stride, padding }: Geometry,
  turned: boolean = false,
): Tensor {
  const [n, c] = x.shape;
  const source = pad(transpose(x, [1, 0, 2, 3]), [0, 0, padding, padding], [0, 0, padding, padding]);
  const taps = Array.from({ length: kh * kw }, (_, k) => {
    const [dy, dx] = [Math.floor(k / kw), k % kw];
    const ends = [c, n, dy + (ho - 1) * stride + 1, dx + (wo - 1) * stride + 1];
    return reshape(slice(source, [0, 0, dy, dx], ends, [1, 1, stride, stride]), [c, 1, n * ho * wo]);
  });
  return reshape(concatenate(turned ? taps.toReversed() : taps, 1), [c * kh * kw, n * ho * wo]);
}

/** The convolution of `x [n, ci, h, w]` and `w [co, ci, kh, kw]` whose result has `shape`. */
export function im2colConvolution(x: Tensor, w: Tensor, shape: Shape, geometry: Geometry): Tensor {
  const [n, co, ho, wo] = shape;
  const columns = im2col(x, w.shape.slice(2), [ho, wo], geometry);
  return transpose(reshape(matmul(reshape(w, [co, -1]), columns), [co, n, ho, wo]), [1, 0, 2, 3]);
}

/** Its gradient with respect to `x`, which has `shape`, at stride 1. */
export function im2colInputGradient(g: Tensor, w: Tensor, shape: Shape, padding: number): Tensor {
  const [n, ci, height, width] = shape;
  const [co, , kh, kw] = w.shape;
  const columns = im2col(g, [kh, kw], [height, width], { stride: 1, padding: kh - 1 - padding }, true);
  const weights = reshape(transpose(reshape(w, [co, ci, kh * kw]), [1, 0, 2]), [ci, co * kh * kw]);
  return transpose(reshape(matmul(weights, columns), [ci, n, height, width]), [1, 0, 2, 3]);
}

/** Its gradient with respect to `w`, which has `shape`. */
export function im2colWeightGradient(x: Tensor, g: Tensor, shape: Shape, geometry: Geometry): Tensor {
  const [n, co, ho, wo] = g.shape;
  const columns = im2col(x, shape.slice(2), [ho, wo], geometry);
  return reshape(matmul(reshape(transpose(g, [1, 0, 2, 3]), [co, n * ho * wo]), swapLast(columns)), shape);
}
