import type { Protocol } from "./types.ts";
export type ProtocolName = "official" | "dm" | "quick" | "paper" | "eccv2024" | "dc-bench" | "whole";
/**
 * Protocols by name. All: SGD (learning rate 0.01, momentum 0.9, weight decay 5e-4), hard labels, DSA drawn per image.
 * `docs/evaluation.md` says where each comes from, and what its source leaves open.
 */
export declare const protocols: Readonly<Record<ProtocolName, Protocol>>;
/**
 * @throws DatadamError `INVALID_OPTION` for an unknown name or values out of range.
 */
export declare function resolveProtocol(protocol: string | Protocol): Protocol;
/** Learning rate of an epoch (0-based), and whether momentum starts anew with it. */
export declare function learningRate({ lr, epochs, schedule }: Protocol, epoch: number): {
    rate: number;
    fresh: boolean;
};
//# sourceMappingURL=protocols.d.ts.map