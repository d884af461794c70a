/** Images decoded at once: more gain nothing on two cores (bench/store.mjs). */
export declare const AT_ONCE = 8;
/** Maps with a few at once, begun in order; results in order, and the first failure in order is the one thrown. */
export declare function mapInOrder<T, R>(source: Iterable<T> | AsyncIterable<T>, map: (item: T) => Promise<R>, atOnce?: number): Promise<R[]>;
/** As {@link mapInOrder}, but hands each result on, in order, instead of keeping it. */
export declare function eachInOrder<T, R>(source: Iterable<T> | AsyncIterable<T>, map: (item: T) => Promise<R>, take: (result: R) => void | Promise<void>, atOnce?: number): Promise<void>;
//# sourceMappingURL=mapInOrder.d.ts.map