import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
/**
 * Builds the LeNet of the family: 5 x 5 convolutions of 6 and 16 channels, each with ReLU and max pooling 2 x 2, then
 * linear layers of 120, 84 and the classes. `width` (default 6) is the first convolution's channels; the second has 10
 * more. No norm. Images from 16 px; 28 px are padded to 32.
 *
 * @throws RangeError for option values that it cannot have, and images that are too small.
 */
export declare function lenet(options?: NetworkOptions): Network;
//# sourceMappingURL=lenet.d.ts.map