// Several tasks, a few at a time.

/**
 * Results of `task(0) ... task(count - 1)`, at most `most` at a time, started in that order. After a failure, which
 * rejects at once, no more are started.
 */
export async function eachOf<T>(count: number, most: number, task: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      try {
        results[index] = await task(index);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, most) }, lane));
  return results;
}
