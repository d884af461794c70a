// Which augmentations of bytes are drawn: AutoAugment, RandAugment, and what ImageNet is usually trained with.

import type { Stream } from "../../random/index.ts";
import type { PixelStep } from "./steps.ts";

/** Strategies of images as bytes, beside those of operation names. */
export const PIXEL_POLICIES: readonly ["autoaugment", "randaugment", "imagenet"] = [
  "autoaugment",
  "randaugment",
  "imagenet",
];

export type PixelPolicy = (typeof PIXEL_POLICIES)[number];

export function isPixelPolicy(strategy: string): strategy is PixelPolicy {
  return (PIXEL_POLICIES as readonly string[]).includes(strategy);
}

type Operation =
  | "ShearX"
  | "ShearY"
  | "TranslateX"
  | "TranslateY"
  | "Rotate"
  | "Brightness"
  | "Color"
  | "Contrast"
  | "Sharpness"
  | "Posterize"
  | "Solarize"
  | "AutoContrast"
  | "Equalize"
  | "Invert"
  | "Identity";

/** An operation, its probability, and its strength, from 0 to 9. */
type Choice = readonly [Operation, probability: number, strength?: number];
type SubPolicy = readonly [Choice, Choice];

/** AutoAugment's policy for CIFAR-10 (Cubuk et al. 2019, table 7). */
const CIFAR: readonly SubPolicy[] = [
  [
    ["Invert", 0.1],
    ["Contrast", 0.2, 6],
  ],
  [
    ["Rotate", 0.7, 2],
    ["TranslateX", 0.3, 9],
  ],
  [
    ["Sharpness", 0.8, 1],
    ["Sharpness", 0.9, 3],
  ],
  [
    ["ShearY", 0.5, 8],
    ["TranslateY", 0.7, 9],
  ],
  [
    ["AutoContrast", 0.5],
    ["Equalize", 0.9],
  ],
  [
    ["ShearY", 0.2, 7],
    ["Posterize", 0.3, 7],
  ],
  [
    ["Color", 0.4, 3],
    ["Brightness", 0.6, 7],
  ],
  [
    ["Sharpness", 0.3, 9],
    ["Brightness", 0.7, 9],
  ],
  [
    ["Equalize", 0.6],
    ["Equalize", 0.5],
  ],
  [
    ["Contrast", 0.6, 7],
    ["Sharpness", 0.6, 5],
  ],
  [
    ["Color", 0.7, 7],
    ["TranslateX", 0.5, 8],
  ],
  [
    ["Equalize", 0.3],
    ["AutoContrast", 0.4],
  ],
  [
    ["TranslateY", 0.4, 3],
    ["Sharpness", 0.2, 6],
  ],
  [
    ["Brightness", 0.9, 6],
    ["Color", 0.2, 8],
  ],
  [
    ["Solarize", 0.5, 2],
    ["Invert", 0],
  ],
  [
    ["Equalize", 0.2],
    ["AutoContrast", 0.6],
  ],
  [
    ["Equalize", 0.2],
    ["Equalize", 0.6],
  ],
  [
    ["Color", 0.9, 9],
    ["Equalize", 0.6],
  ],
  [
    ["AutoContrast", 0.8],
    ["Solarize", 0.2, 8],
  ],
  [
    ["Brightness", 0.1, 3],
    ["Color", 0.7, 0],
  ],
  [
    ["Solarize", 0.4, 5],
    ["AutoContrast", 0.9],
  ],
  [
    ["TranslateY", 0.9, 9],
    ["TranslateY", 0.7, 9],
  ],
  [
    ["AutoContrast", 0.9],
    ["Solarize", 0.8, 3],
  ],
  [
    ["Equalize", 0.8],
    ["Invert", 0.1],
  ],
  [
    ["TranslateY", 0.7, 9],
    ["AutoContrast", 0.9],
  ],
];

/** Its policy for ImageNet (table 9). */
const IMAGENET: readonly SubPolicy[] = [
  [
    ["Posterize", 0.4, 8],
    ["Rotate", 0.6, 9],
  ],
  [
    ["Solarize", 0.6, 5],
    ["AutoContrast", 0.6],
  ],
  [
    ["Equalize", 0.8],
    ["Equalize", 0.6],
  ],
  [
    ["Posterize", 0.6, 7],
    ["Posterize", 0.6, 6],
  ],
  [
    ["Equalize", 0.4],
    ["Solarize", 0.2, 4],
  ],
  [
    ["Equalize", 0.4],
    ["Rotate", 0.8, 8],
  ],
  [
    ["Solarize", 0.6, 3],
    ["Equalize", 0.6],
  ],
  [
    ["Posterize", 0.8, 5],
    ["Equalize", 1],
  ],
  [
    ["Rotate", 0.2, 3],
    ["Solarize", 0.6, 8],
  ],
  [
    ["Equalize", 0.6],
    ["Posterize", 0.4, 6],
  ],
  [
    ["Rotate", 0.8, 8],
    ["Color", 0.4, 0],
  ],
  [
    ["Rotate", 0.4, 9],
    ["Equalize", 0.6],
  ],
  [
    ["Equalize", 0],
    ["Equalize", 0.8],
  ],
  [
    ["Invert", 0.6],
    ["Equalize", 1],
  ],
  [
    ["Color", 0.6, 4],
    ["Contrast", 1, 8],
  ],
  [
    ["Rotate", 0.8, 8],
    ["Color", 1, 2],
  ],
  [
    ["Color", 0.8, 8],
    ["Solarize", 0.8, 7],
  ],
  [
    ["Sharpness", 0.4, 7],
    ["Invert", 0.6],
  ],
  [
    ["ShearX", 0.6, 5],
    ["Equalize", 1],
  ],
  [
    ["Color", 0.4, 0],
    ["Equalize", 0.6],
  ],
  [
    ["Equalize", 0.4],
    ["Solarize", 0.2, 4],
  ],
  [
    ["Solarize", 0.6, 5],
    ["AutoContrast", 0.6],
  ],
  [
    ["Invert", 0.6],
    ["Equalize", 1],
  ],
  [
    ["Color", 0.6, 4],
    ["Contrast", 1, 8],
  ],
  [
    ["Equalize", 0.8],
    ["Equalize", 0.6],
  ],
];

/** Side from which on AutoAugment's policy is that for ImageNet, as DC-BENCH takes it for Tiny ImageNet. */
const IMAGENET_SIDE = 64;

/** RandAugment's operations (Cubuk et al. 2020), as torchvision has them. */
const RANDOM: readonly Operation[] = [
  "Identity",
  "ShearX",
  "ShearY",
  "TranslateX",
  "TranslateY",
  "Rotate",
  "Brightness",
  "Color",
  "Contrast",
  "Sharpness",
  "Posterize",
  "Solarize",
  "AutoContrast",
  "Equalize",
];
const RANDOM_STRENGTH = 9;
const RANDOM_BINS = 31;
const AUTO_BINS = 10;

const PADDING = 4;
const JITTER = 0.4;
const HUE = 0.2;

/** Draws what happens to a batch of images. */
export function drawPixelSteps(
  stream: Stream,
  policy: PixelPolicy,
  size: { readonly height: number; readonly width: number },
): PixelStep[] {
  if (policy === "imagenet") return drawImagenet(stream);
  if (policy === "randaugment") {
    const operation = RANDOM[stream.integer(RANDOM.length)];
    return stepsOf(operation, RANDOM_STRENGTH, RANDOM_BINS, stream.integer(2) === 0, size);
  }
  const table = Math.min(size.height, size.width) < IMAGENET_SIDE ? CIFAR : IMAGENET;
  const choices = table[stream.integer(table.length)];
  // All is drawn, whatever comes of it.
  const draws = choices.map(() => ({ happens: stream.uniform(), negative: stream.integer(2) === 0 }));
  return choices.flatMap(([operation, probability, strength = 0], i) =>
    draws[i].happens < probability ? stepsOf(operation, strength, AUTO_BINS, draws[i].negative, size) : [],
  );
}

/** Crop of the image padded by 4 pixels, mirror, and brightness, contrast, saturation and hue in random order. */
function drawImagenet(stream: Stream): PixelStep[] {
  const offset = (): number => stream.integer(2 * PADDING + 1) - PADDING;
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  const moves: PixelStep[] = [{ operation: "shift", dx: offset(), dy: offset() }];
  if (stream.uniform() < 0.5) moves.push({ operation: "mirror" });
  const colors: PixelStep[] = [
    ...(["brightness", "contrast", "saturation"] as const).map((operation) => ({
      operation,
      factor: between(1 - JITTER, 1 + JITTER),
    })),
    { operation: "hue", part: between(-HUE, HUE) },
  ];
  return [...moves, ...Array.from(stream.permutation(colors.length), (i) => colors[i])];
}

/** @param strength index of `bins` equal steps from nothing to the most. */
export function stepsOf(
  operation: Operation,
  strength: number,
  bins: number,
  negative: boolean,
  { height, width }: { readonly height: number; readonly width: number },
): PixelStep[] {
  const signed = (most: number): number => (negative ? -1 : 1) * spaced(0, most, bins, strength);
  const shift = (side: number): number => 0 - Math.trunc(signed((150 / 331) * side));
  switch (operation) {
    case "Identity":
      return [];
    case "ShearX":
      return [{ operation: "shear", axis: "x", slope: Math.tan(signed(0.3)) }];
    case "ShearY":
      return [{ operation: "shear", axis: "y", slope: Math.tan(signed(0.3)) }];
    case "TranslateX":
      return [{ operation: "shift", dx: shift(width), dy: 0 }];
    case "TranslateY":
      return [{ operation: "shift", dx: 0, dy: shift(height) }];
    case "Rotate":
      return [{ operation: "turn", degrees: signed(30) }];
    case "Brightness":
      return [{ operation: "brightness", factor: 1 + signed(0.9) }];
    case "Color":
      return [{ operation: "saturation", factor: 1 + signed(0.9) }];
    case "Contrast":
      return [{ operation: "contrast", factor: 1 + signed(0.9) }];
    case "Sharpness":
      return [{ operation: "sharpness", factor: 1 + signed(0.9) }];
    case "Posterize":
      return [{ operation: "posterize", bits: 8 - Math.round((4 * strength) / (bins - 1)) }];
    case "Solarize":
      return [{ operation: "solarize", threshold: spaced(255, 0, bins, strength) }];
    case "AutoContrast":
      return [{ operation: "autocontrast" }];
    case "Equalize":
      return [{ operation: "equalize" }];
    case "Invert":
      return [{ operation: "invert" }];
  }
}

/** The `index`-th of `bins` numbers from `start` to `end`, in float32, counted from the nearer end. */
function spaced(start: number, end: number, bins: number, index: number): number {
  const { fround } = Math;
  const step = fround((fround(end) - fround(start)) / (bins - 1));
  return fround(index < bins / 2 ? fround(start) + step * index : fround(end) - step * (bins - 1 - index));
}
