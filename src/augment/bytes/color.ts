// Colours of images as bytes. Sums and products are rounded to float32 one by one, since a byte is cut off, not
// rounded.

import type { ImageShape } from "../operation.ts";

const { fround } = Math;

/** `factor * image + (1 - factor) * other`, clamped, cut to a byte. */
export function blendBytes(from: Uint8Array, other: (index: number) => number, factor: number): Uint8Array {
  const [share, rest] = [fround(factor), fround(1 - factor)];
  const to = new Uint8Array(from.length);
  for (let i = 0; i < from.length; i++) to[i] = cut(fround(fround(share * from[i]) + fround(rest * other(i))));
  return to;
}

/** Towards each pixel's grey, of three channels. */
export function saturate(from: Uint8Array, shape: ImageShape, factor: number): Uint8Array {
  const [, channels, height, width] = shape;
  const plane = height * width;
  const grey = greyOf(from, shape);
  return blendBytes(from, (i) => grey[Math.floor(i / (channels * plane)) * plane + (i % plane)], factor);
}

/** Towards the mean grey of each image. */
export function contrast(from: Uint8Array, shape: ImageShape, factor: number): Uint8Array {
  const [count, channels, height, width] = shape;
  const [plane, size] = [height * width, channels * height * width];
  const grey = channels === 3 ? greyOf(from, shape) : from;
  const each = grey.length / Math.max(1, count);
  const means = Array.from({ length: count }, (_, n) => {
    const sum = grey.subarray(n * each, (n + 1) * each).reduce((total, value) => total + value, 0);
    return fround(sum / (channels === 3 ? plane : each));
  });
  return blendBytes(from, (i) => means[Math.floor(i / size)], factor);
}

/** Away from the image smoothed by [1 1 1; 1 5 1; 1 1 1] / 13, whose border is left as it is. */
export function sharpen(from: Uint8Array, [count, channels, height, width]: ImageShape, factor: number): Uint8Array {
  if (height <= 2 || width <= 2) return from;
  const smooth = from.slice();
  const plane = height * width;
  for (let at = 0; at < count * channels * plane; at += plane) {
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const i = at + y * width + x;
        let sum = 4 * from[i];
        for (let row = i - width; row <= i + width; row += width) sum += from[row - 1] + from[row] + from[row + 1];
        smooth[i] = Math.round(sum / 13);
      }
    }
  }
  return blendBytes(from, (i) => smooth[i], factor);
}

/** Each channel of each image from its own darkest and lightest to 0 and 255. */
export function autoContrast(from: Uint8Array, shape: ImageShape): Uint8Array {
  return byChannel(from, shape, (channel, to) => {
    const [low, high] = channel.reduce(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [255, 0],
    );
    if (low === high) return void to.set(channel);
    const scale = fround(fround(1 / (high - low)) * 255);
    for (let i = 0; i < channel.length; i++) to[i] = cut(fround((channel[i] - low) * scale));
  });
}

/** Each channel of each image by the running sum of its histogram. */
export function equalize(from: Uint8Array, shape: ImageShape): Uint8Array {
  return byChannel(from, shape, (channel, to) => {
    const histogram = new Uint32Array(256);
    for (const value of channel) histogram[value]++;
    const last = histogram[histogram.findLastIndex((count) => count > 0)];
    const step = Math.floor((channel.length - last) / 255);
    if (step === 0) return void to.set(channel);
    let below = 0;
    const table = histogram.map((count) => {
      const level = Math.min(255, Math.floor((below + Math.floor(step / 2)) / step));
      below += count;
      return level;
    });
    for (let i = 0; i < channel.length; i++) to[i] = table[channel[i]];
  });
}

/** Turns the hue of three channels by a part of the circle, through HSV. */
export function adjustHue(from: Uint8Array, [count, , height, width]: ImageShape, part: number): Uint8Array {
  const plane = height * width;
  const to = new Uint8Array(from.length);
  const turn = fround(part);
  for (let n = 0; n < count; n++) {
    for (let i = 3 * n * plane; i < (3 * n + 1) * plane; i++) {
      const color = [from[i], from[i + plane], from[i + 2 * plane]].map((value) => fround(value / 255));
      const [red, green, blue] = turned(color[0], color[1], color[2], turn);
      to[i] = cut(fround(red * 255));
      to[i + plane] = cut(fround(green * 255));
      to[i + 2 * plane] = cut(fround(blue * 255));
    }
  }
  return to;
}

function turned(red: number, green: number, blue: number, turn: number): readonly [number, number, number] {
  const most = Math.max(red, green, blue);
  const range = fround(most - Math.min(red, green, blue));
  if (range === 0) return [most, most, most];
  const [r, g, b] = [red, green, blue].map((value) => fround(fround(most - value) / range));
  const sixths = most === red ? fround(b - g) : most === green ? fround(fround(2 + r) - b) : fround(fround(4 + g) - r);
  const before = fround(fround(fround(sixths / 6) + 1) % 1);
  const moved = fround(before + turn);
  const hue = moved < 0 ? fround(moved + 1) : fround(moved % 1);
  const saturation = fround(range / most);
  const sector = Math.floor(fround(hue * 6));
  const rest = fround(fround(hue * 6) - sector);
  const at = (share: number): number => fround(most * fround(1 - share));
  const [p, q, t] = [at(saturation), at(fround(saturation * rest)), at(fround(saturation * fround(1 - rest)))];
  const sectors = [
    [most, t, p],
    [q, most, p],
    [p, most, t],
    [p, q, most],
    [t, p, most],
    [most, p, q],
  ] as const;
  return sectors[sector % 6];
}

/** Luma of three channels, a plane an image: 0.2989 R + 0.587 G + 0.114 B, cut to a byte. */
function greyOf(from: Uint8Array, [count, , height, width]: ImageShape): Uint8Array {
  const plane = height * width;
  const grey = new Uint8Array(count * plane);
  const [red, green, blue] = [fround(0.2989), fround(0.587), fround(0.114)];
  for (let n = 0; n < count; n++) {
    for (let i = 0, at = 3 * n * plane; i < plane; i++, at++) {
      const two = fround(fround(red * from[at]) + fround(green * from[at + plane]));
      grey[n * plane + i] = cut(fround(two + fround(blue * from[at + 2 * plane])));
    }
  }
  return grey;
}

function byChannel(
  from: Uint8Array,
  [, , height, width]: ImageShape,
  change: (channel: Uint8Array, to: Uint8Array) => void,
): Uint8Array {
  const to = new Uint8Array(from.length);
  const plane = height * width;
  for (let at = 0; at < from.length; at += plane) change(from.subarray(at, at + plane), to.subarray(at, at + plane));
  return to;
}

function cut(value: number): number {
  return Math.floor(Math.min(255, Math.max(0, value)));
}
