/** A mark on an axis. */
export interface Tick {
    readonly value: number;
    readonly label: string;
}
/**
 * Round numbers in `[low, high]`: steps of 1, 2 or 5 times a power of ten, about `count` of them; on a log axis powers of ten,
 * with 2 and 5 times those where there are fewer than three.
 */
export declare function ticks(low: number, high: number, count: number, scale?: "linear" | "log"): Tick[];
//# sourceMappingURL=ticks.d.ts.map