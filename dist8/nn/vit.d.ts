import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
export interface VitOptions extends NetworkOptions {
    /** Transformer blocks. Default 6. */
    depth?: number;
}
/**
 * Builds the ViT of the family: patches of 4 x 4 px, tokens of `width` numbers (default 512), `depth` (default 6) blocks of attention with 8
 * heads and a GELU perceptron with `width` hidden units, each behind a layer norm, and a classification token. Dropout (0.1 in the family) is
 * left out: a pass draws no random numbers here. No activation maps: attention cannot match it. Parameters are named as in the `vit-pytorch`
 * package; tokens and positions start as normal noise of deviation 1.
 *
 * @throws RangeError for option values that it cannot have, and image sides that 4 does not divide.
 */
export declare function vit(options?: VitOptions): Network;
//# sourceMappingURL=vit.d.ts.map