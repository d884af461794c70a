import { type Arrays, type ConvNetContext, type Network } from "../nn/index.ts";
export interface TrainedNetwork {
    readonly network: Network;
    readonly parameters: Arrays;
    /** SHA-256 of the file. */
    readonly sha256: string;
}
/**
 * Reads a ConvNet's `state_dict`. Depth, width and the kind of layers are read off its tensors.
 *
 * @throws DatadamError INVALID_DATA, IO
 */
export declare function readNetwork(path: string, context: ConvNetContext): TrainedNetwork;
//# sourceMappingURL=parameters.d.ts.map