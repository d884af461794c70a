// DSA (Zhao & Bilen, ICML 2021): DC with siamese augmentation, which the loop applies for every method.

import { gradientMatching, RECIPE } from "./gradientMatching.ts";

export const dsa = gradientMatching({
  name: "dsa",
  summary: "gradients of the cross-entropy of augmented images",
  presets: { dsa: { ...RECIPE, init: "real" } },
  auto: { lrImg: 0.1 },
});
