// Rotation about the middle, bilinear, zeros outside.

import type { Operation } from "../operation.ts";
import { resampling } from "../resample.ts";

const MOST = 15;

interface Rotate {
  /** In [-15, 15). */
  readonly degrees: readonly number[];
}

export const rotate: Operation<Rotate> = {
  mirrors: false,
  draw: ({ between }) => ({ degrees: between(-MOST, MOST) }),
  ...resampling<Rotate>(({ degrees }) =>
    degrees.map((each) => {
      const angle = (each * Math.PI) / 180;
      return [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)];
    }),
  ),
};
