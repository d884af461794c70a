import type { DistillState } from "../distill/types.ts";
/** Writes `checkpoints/state-<iteration>.safetensors` and removes all but the three up to it. */
export declare function writeCheckpoint(folder: string, state: DistillState, shape: readonly [channels: number, height: number, width: number], hash: string): void;
/**
 * The newest checkpoint that is whole, or undefined where there is none. Damaged ones are passed over with a warning.
 *
 * @throws DatadamError INVALID_RUN where all are damaged, or where one belongs to another configuration.
 */
export declare function readLatestCheckpoint(folder: string, hash: string, warn?: (message: string) => void): DistillState | undefined;
//# sourceMappingURL=checkpoints.d.ts.map