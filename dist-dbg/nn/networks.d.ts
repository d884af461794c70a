import type { ArchitectureName } from "./architectures.ts";
import { type ConvNetOptions } from "./convnet.ts";
import type { Network } from "./network.ts";
/** What any network may be asked to be; each takes what applies to it. */
export type AnyNetworkOptions = ConvNetOptions;
/** A function that makes a network for images of a kind: one of {@link networks}, or your own. */
export type NetworkBuilder = (options: AnyNetworkOptions) => Network;
/** All networks by name. */
export declare const networks: Readonly<Record<ArchitectureName, NetworkBuilder>>;
/**
 * Builds a network by name: `buildNetwork("resnet18", { size: 64, classes: 200, norm: "batch" })`.
 *
 * @throws RangeError for an unknown name, and what the network itself refuses.
 */
export declare function buildNetwork(name: string, options?: AnyNetworkOptions): Network;
//# sourceMappingURL=networks.d.ts.map