import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
/** ResNet-10: one basic block a stage. See {@link resnet18}. */
export declare function resnet10(options?: NetworkOptions): Network;
/**
 * ResNet-18 for 32 px: a 3 x 3 convolution, four stages of two basic blocks with 64, 128, 256 and 512 channels (the last
 * three halve the image by stride), the mean over all positions, one linear layer. Convolutions have no bias; a `norm`
 * (default instance) follows each. `width` (default 64) scales the channels. Images from 16 px; 28 px are padded to 32.
 * The activation maps are those after the stem and after each block.
 *
 * @throws RangeError for option values that it cannot have, and images that are too small.
 */
export declare function resnet18(options?: NetworkOptions): Network;
/** {@link resnet18ap} with one basic block a stage. */
export declare function resnet10ap(options?: NetworkOptions): Network;
/**
 * The family's average-pool variant of {@link resnet18}: no convolution strides, average pooling 2 x 2 halves the image instead (in
 * the branch after the first activation, in the shortcut after its convolution), and the linear layer takes all positions
 * of the last maps (512 x 4 x 4 at 32 px).
 */
export declare function resnet18ap(options?: NetworkOptions): Network;
//# sourceMappingURL=resnet.d.ts.map