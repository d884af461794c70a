// The channel statistics of ImageNet.

import type { Normalization } from "../../../images/types.ts";

/** Of ImageNet's training images, as everyone uses them. */
export const IMAGENET_NORMALIZATION: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
