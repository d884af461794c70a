// Attention of activation maps: over the positions (DataDAM, Sajedi et al. 2023) and over the channels (ATOM, Khaki et
// al. 2024).

import { abs, div, max, maximum, normalizeL2, power as raise, reshape, sum, type Tensor } from "../../tensor/index.ts";
import type { AttentionNorm, Reduction } from "./variants.ts";

export interface AttentionOptions {
  /** Exponent p. The paper's table says 4; the released code calls it with 1. */
  readonly power: number;
  /** How the channels are put together. The paper: `sum`. */
  readonly reduction: Reduction;
  /** Norm to which each vector is brought. The paper: `l2`. */
  readonly norm: AttentionNorm;
}

/** Smallest norm that a vector is divided by (PyTorch's `F.normalize`). */
const EPS = 1e-12;

/**
 * Attention vectors `z / ||z||` with `z = vec(sum_c |f[:, c]|^p)` (or the maximum over c).
 *
 * @param map activation map `[n, c, h, w]`.
 * @returns `[n, h * w]`, each row of unit norm (zero where the map is zero), or as it is for norm `none`.
 */
export function attention(map: Tensor, { power, reduction, norm }: AttentionOptions): Tensor {
  const [n, , h, w] = map.shape;
  const raised = raise(abs(map), power);
  return normalised(reshape(reduction === "sum" ? sum(raised, [1]) : max(raised, [1]), [n, h * w]), norm);
}

/**
 * Channel attention: vectors `z / ||z||` with `z[c] = sum over the positions of |f[:, c]|^p`.
 *
 * @param map activation map `[n, c, h, w]`.
 * @returns `[n, c]`, rows as those of {@link attention}.
 */
export function channelAttention(map: Tensor, { power, norm }: Omit<AttentionOptions, "reduction">): Tensor {
  return normalised(sum(raise(abs(map), power), [2, 3]), norm);
}

/** Rows of unit norm. */
function normalised(z: Tensor, norm: AttentionNorm): Tensor {
  if (norm === "none") return z;
  // Powers are not negative: their sum is the l1 norm.
  return norm === "l2" ? normalizeL2(z) : div(z, maximum(sum(z, [1], { keep: true }), EPS));
}
