// Spatial attention maps (DataDAM, Sajedi et al. 2023).

import { abs, normalizeL2, power as raise, reshape, sum, type Tensor } from "../tensor/index.ts";

/**
 * Attention vectors `z / ||z||_2` with `z = vec(sum_c |f[:, c]|^p)`.
 *
 * @param map   activation map `[n, c, h, w]`.
 * @param power exponent p. The paper's table says 4; the released code calls it with 1.
 * @returns `[n, h * w]`, each row of unit length (zero where the map is zero).
 */
export function attention(map: Tensor, power: number): Tensor {
  const [n, , h, w] = map.shape;
  return normalizeL2(reshape(sum(raise(abs(map), power), [1]), [n, h * w]));
}
