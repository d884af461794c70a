// A few things at once, their results in order.

import { pMapIterable } from "p-map";

/** Images decoded at once: more gain nothing on two cores (bench/store.mjs). */
const AT_ONCE = 8;

/**
 * Maps with a few at once. Results come in order, and no more than `atOnce` are begun ahead of the one that is taken.
 * The first failure in order is the one thrown; nothing is begun after it.
 */
export function eachInOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  map: (item: T) => Promise<R>,
  atOnce: number = AT_ONCE,
): AsyncIterable<R> {
  return pMapIterable(source, map, { concurrency: atOnce }) as AsyncIterable<R>;
}

/** As {@link eachInOrder}, with all results as a list. */
export async function mapInOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  map: (item: T) => Promise<R>,
  atOnce: number = AT_ONCE,
): Promise<R[]> {
  const results: R[] = [];
  for await (const result of eachInOrder(source, map, atOnce)) results.push(result);
  return results;
}
