// Work side by side that ends together.

import pMap from "p-map";

/**
 * Does `work` for each item, some at a time. Where one fails, the others are told to stop, and this rejects once all of
 * them have: what they keep for later is kept by then.
 *
 * @param work gets a signal that is aborted by `signal`, and by the first failure.
 * @throws what the first to fail threw
 */
export async function inLanes<T>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<void>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const one = async (item: T): Promise<void> => {
    try {
      either.throwIfAborted();
      await work(item, either);
    } catch (error) {
      failure.abort(error);
    }
  };
  await pMap(items, one, { concurrency });
  failure.signal.throwIfAborted();
}
