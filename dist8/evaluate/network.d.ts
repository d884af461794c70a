import type { SyntheticSet } from "../images/types.ts";
import { type Activation, type Network, type NetworkBuilder, type Norm, type Pooling } from "../nn/index.ts";
/** A network to train, without the images it is for. */
export interface NetworkChoice {
    /** The name of one of the library's networks, or a function that builds one. Default: that of the set's provenance, else `"convnet"`. */
    readonly arch?: string | NetworkBuilder;
    /** Default: that of the provenance where the architecture is the same, else that of the architecture. */
    readonly width?: number;
    /** Of `convnet` and `vit`. Default for `convnet`: that of the provenance, else by image size (3 at 32 px). */
    readonly depth?: number;
    /** Default: that of the protocol, else that of the provenance where the architecture can have it, else that of the architecture. */
    readonly norm?: Norm;
    /** Of `convnet` alone. Default: that of the provenance, else `"relu"`. */
    readonly activation?: Activation;
    /** Of `convnet` alone. Default: that of the provenance, else `"average"`. */
    readonly pooling?: Pooling;
}
type Subject = Pick<SyntheticSet, "shape" | "classNames" | "provenance">;
/**
 * @param fallback norm of the protocol, where it says one.
 * @throws DatadamError `INVALID_OPTION` for an unknown architecture, options that do not apply to it, and images that are too small for it.
 */
export declare function networkFor(set: Subject, choice: NetworkChoice, fallback?: Norm): Network;
export {};
//# sourceMappingURL=network.d.ts.map