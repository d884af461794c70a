import { type Activation, type Pooling } from "./layers.ts";
import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
/** `width` is that of every block (default 128), `norm` is by default `"instance"`. */
export interface ConvNetOptions extends NetworkOptions {
    /** Blocks. Default 3. */
    depth?: number;
    /** Default `"relu"`. */
    activation?: Activation;
    /** Default `"average"`. */
    pooling?: Pooling;
}
/**
 * Builds a ConvNet. Parameters are named as in the family's `state_dict` (`features.0.weight`, ...,
 * `classifier.bias`) and initialised as PyTorch does (uniform, bound 1 / sqrt(fan in)). Images of 28 px are padded to
 * 32 by the first convolution (padding 3), as the family does.
 *
 * @throws RangeError for an unknown option value, or more pooled blocks than the image has halvings.
 */
export declare function convnet(options?: ConvNetOptions): Network;
//# sourceMappingURL=convnet.d.ts.map