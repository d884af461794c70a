import type { Network } from "./network.ts";
import { type NetworkOptions } from "./options.ts";
/**
 * Builds the MLP of the family: two hidden layers of `width` (default 128) with ReLU, one linear layer. No norm, and no activation
 * maps: attention cannot match it.
 *
 * @throws RangeError for option values that it cannot have.
 */
export declare function mlp(options?: NetworkOptions): Network;
//# sourceMappingURL=mlp.d.ts.map