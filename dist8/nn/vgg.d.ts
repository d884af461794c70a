import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
/** VGG-11: eight convolutions. See {@link vgg16}. */
export declare function vgg11(options?: NetworkOptions): Network;
/** VGG-13: ten convolutions. See {@link vgg16}. */
export declare function vgg13(options?: NetworkOptions): Network;
/**
 * VGG-16: thirteen 3 x 3 convolutions in five stages of 64, 128, 256, 512 and 512 channels, max pooling 2 x 2 after each
 * stage, one linear layer on 512 features (32 px). `width` (default 64) scales the channels. `norm` (default instance)
 * comes after each convolution. Images from 32 px; 28 px are padded to 32.
 *
 * @throws RangeError for option values that it cannot have, and images that are too small.
 */
export declare function vgg16(options?: NetworkOptions): Network;
//# sourceMappingURL=vgg.d.ts.map