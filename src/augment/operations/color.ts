// Brightness, saturation and contrast as one affine map of an image.
//
// In turn: x + b; (x - m_c) s + m_c with m_c each pixel's mean over the channels; (x - m) k + m with m the mean of the
// image as it then is. Saturation keeps m_c and so m, and brightness moves both by b, hence together out = k s x + k (1
// - s) m_c(x) + (1 - k) m(x) + b. Both means are symmetric projections: the linear part is its own transpose.

import { type Images, type Operation, valueFor } from "../operation.ts";
import { eachImage, type Planes } from "../planes.ts";

const BRIGHTNESS = 1;
const SATURATION = 2;
const CONTRAST = 0.5;

interface Color {
  /** Added to every value, in [-0.5, 0.5). */
  readonly brightness: readonly number[];
  /** Factor on each pixel's distance to its mean over the channels, in [0, 2). */
  readonly saturation: readonly number[];
  /** Factor on each value's distance to the image's mean, in [0.5, 1.5). */
  readonly contrast: readonly number[];
}

export const color: Operation<Color> = {
  mirrors: false,
  draw: ({ between }) => ({
    brightness: between(-BRIGHTNESS / 2, BRIGHTNESS / 2),
    saturation: between(0, SATURATION),
    contrast: between(1 - CONTRAST, 1 + CONTRAST),
  }),
  apply: colorImages,
  adjoint: (parameters, gradients) => colorImages({ ...parameters, brightness: [0] }, gradients),
};

function colorImages({ brightness, saturation, contrast }: Color, images: Images): void {
  eachImage(images, (planes, n) => {
    colorImage(planes, {
      brightness: valueFor(brightness, n),
      saturation: valueFor(saturation, n),
      contrast: valueFor(contrast, n),
    });
  });
}

/** Colours one image. Means are summed in float64. */
function colorImage(
  { source, target, at, count: channels, height, width }: Planes,
  { brightness, saturation, contrast }: Readonly<Record<keyof Color, number>>,
): void {
  const plane = height * width;
  const size = channels * plane;
  let sum = 0;
  for (let i = at; i < at + size; i++) sum += source[i];
  const constant = (1 - contrast) * (sum / size) + brightness;
  const gain = contrast * saturation;
  const grey = (contrast * (1 - saturation)) / channels;
  if (channels === 3) {
    for (let i = at; i < at + plane; i++) {
      const red = source[i];
      const green = source[i + plane];
      const blue = source[i + 2 * plane];
      const shared = grey * (red + green + blue) + constant;
      target[i] = gain * red + shared;
      target[i + plane] = gain * green + shared;
      target[i + 2 * plane] = gain * blue + shared;
    }
    return;
  }
  for (let i = at; i < at + plane; i++) {
    let total = 0;
    for (let j = i; j < at + size; j += plane) total += source[j];
    const shared = grey * total + constant;
    for (let j = i; j < at + size; j += plane) target[j] = gain * source[j] + shared;
  }
}
