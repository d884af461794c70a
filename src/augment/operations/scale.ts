// Scaling of height and width apart, bilinear, zeros outside.

import type { Operation } from "../operation.ts";
import { resampling } from "../resample.ts";

const MOST = 1.2;

interface Scale {
  /** The sampling grid's factors, in [1 / 1.2, 1.2): above 1 the picture shrinks. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export const scale: Operation<Scale> = {
  mirrors: false,
  draw: ({ between }) => ({ x: between(1 / MOST, MOST), y: between(1 / MOST, MOST) }),
  ...resampling<Scale>(({ x, y }) => x.map((_, n) => [x[n], 0, 0, y[n]])),
};
