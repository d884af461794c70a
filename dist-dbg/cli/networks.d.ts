import { type NetworkChoice } from "../evaluate/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import { type Norm } from "../nn/index.ts";
export interface NetworkFlags {
    readonly arch?: readonly string[];
    readonly pool?: string;
    readonly norm?: readonly Norm[];
}
/**
 * Every architecture (or member of the pool) with every norm; an architecture without norm layers once. All are built, so that mistakes show before
 * the first is trained.
 *
 * @param fallback norm of the protocol, where it says one.
 * @throws DatadamError `INVALID_OPTION` for unknown names, and networks that do not fit the images.
 */
export declare function planNetworks(set: SyntheticSet, { arch, pool, norm }: NetworkFlags, fallback?: Norm): NetworkChoice[];
/** e.g. `resnet18, batch norm` or `convnet, depth 2, width 128, instance norm`. */
export declare function titleOf(network: Readonly<Record<string, unknown>>): string;
//# sourceMappingURL=networks.d.ts.map