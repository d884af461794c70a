// DC (Zhao, Mopuri & Bilen, ICLR 2021): gradients of the network's loss, matched while it learns from the synthetic
// images.

import { gradientMatching, RECIPE } from "./gradientMatching.ts";

export const dc = gradientMatching({
  name: "dc",
  summary: "gradients of the cross-entropy, layer by layer",
  presets: { dc: { ...RECIPE, init: "noise" } },
  auto: { lrImg: 0.1, augment: "none" },
});
