import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import { type ReplayPolicy } from "./replay.ts";
import type { Condense, CondenseContext, Memory } from "./types.ts";
/** Images of every class, or of all classes together. */
export type Bound = {
    readonly perClass: number;
} | {
    readonly total: number;
};
/** Images a class while `classes` have been seen; never none. */
export declare function quota(bound: Bound, classes: number): number;
/** Condensed sets that are kept from one process to the next. */
export interface SetStore {
    get(step: number): Pick<SyntheticSet, "images" | "labels"> | undefined;
    put(step: number, set: Pick<SyntheticSet, "images" | "labels">): void;
}
/**
 * Condenses the classes of each step when they arrive, apart from all others, and remembers all. Under a total bound what is
 * remembered of earlier classes is cut to its first images as further classes come.
 *
 * @returns the memory after a step; asked for in any order, each set is condensed once.
 */
export declare function condensedMemory(train: PreparedSet, steps: readonly (readonly number[])[], bound: Bound, condense: Condense, { key, store, context }: {
    readonly key: Key;
    readonly store: SetStore;
    readonly context: CondenseContext;
}): (step: number) => Promise<Memory>;
/**
 * Observes images as they come, without steps or borders, and gives what is remembered at `points` equal distances along the stream.
 *
 * @param order indices of images in the order of their coming.
 */
export declare function streamedMemory(train: PreparedSet, order: Uint32Array, points: number, { total, policy, seed }: {
    readonly total: number;
    readonly policy: ReplayPolicy;
    readonly seed: number;
}): (point: number) => Promise<Memory>;
//# sourceMappingURL=memories.d.ts.map