// Brightness, saturation and contrast as one affine map of an image.
//
// In turn: x + b; (x - m_c) s + m_c with m_c each pixel's mean over the channels; (x - m) k + m with m the mean of the image as
// it then is. Saturation keeps m_c and so m, and brightness moves both by b, hence together
//   out = k s x + k (1 - s) m_c(x) + (1 - k) m(x) + b.
// Both means are symmetric projections: the linear part is its own transpose.

/**
 * Colours one image of `channels` planes at `at` of `source` into `target`. Pass `brightness` 0 for the linear part, which is also
 * the adjoint. Means are summed in float64.
 */
export function colorImage(
  source: Float32Array,
  target: Float32Array,
  at: number,
  channels: number,
  plane: number,
  brightness: number,
  saturation: number,
  contrast: number,
): void {
  const size = channels * plane;
  let sum = 0;
  for (let i = at; i < at + size; i++) sum += source[i];
  const constant = (1 - contrast) * (sum / size) + brightness;
  const own = contrast * saturation;
  const grey = (contrast * (1 - saturation)) / channels;
  if (channels === 3) {
    for (let i = at; i < at + plane; i++) {
      const red = source[i];
      const green = source[i + plane];
      const blue = source[i + 2 * plane];
      const shared = grey * (red + green + blue) + constant;
      target[i] = own * red + shared;
      target[i + plane] = own * green + shared;
      target[i + 2 * plane] = own * blue + shared;
    }
    return;
  }
  for (let i = at; i < at + plane; i++) {
    let total = 0;
    for (let j = i; j < at + size; j += plane) total += source[j];
    const shared = grey * total + constant;
    for (let j = i; j < at + size; j += plane) target[j] = own * source[j] + shared;
  }
}
