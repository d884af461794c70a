import { type ConvNetOptions } from "./convnet.ts";
import type { Network } from "./network.ts";
/** What parameters do not say. */
export interface ConvNetContext extends Pick<ConvNetOptions, "norm" | "activation" | "pooling"> {
    /** Of the images: `[channels, height, width]`. */
    readonly shape: readonly [number, number, number];
    readonly classes: number;
}
/**
 * The ConvNet whose `state_dict` these tensors are: its depth, width, whether it normalises (batch norm where there are running
 * statistics) and pools are read off names and shapes, the rest is as `context` says.
 *
 * @throws RangeError where they are no ConvNet's. Whether all fit is for `loadParameters` to say.
 */
export declare function inferConvNet(tensors: Readonly<Record<string, {
    readonly shape: readonly number[];
}>>, context: ConvNetContext): Network;
//# sourceMappingURL=inferConvNet.d.ts.map