import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
/**
 * Builds the AlexNet of the family: 5 x 5 convolutions of 128 and 192 channels, 3 x 3 of 256, 192 and 192, max pooling
 * after the first, second and last, one linear layer on 192 x 4 x 4 features (32 px). `width` (default 128) scales the
 * channels; it must be even. `norm` (default none) comes after each convolution. Images from 8 px; 28 px are padded to 32.
 *
 * @throws RangeError for option values that it cannot have, and images that are too small.
 */
export declare function alexnet(options?: NetworkOptions): Network;
//# sourceMappingURL=alexnet.d.ts.map