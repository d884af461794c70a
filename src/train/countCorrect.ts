// The test accuracy of a trained network.

import type { PreparedSet } from "../images/index.ts";
import type { Trainer } from "./trainer.ts";

/**
 * How many of the images a trained network classifies as their labels say.
 *
 * @param onTested told how many it has seen.
 */
export async function countCorrect(
  trainer: Trainer,
  test: PreparedSet,
  signal?: AbortSignal,
  onTested: (count: number) => void = () => {},
): Promise<number> {
  const chunk = 2048;
  let correct = 0;
  for (let start = 0; start < test.count; start += chunk) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(chunk, test.count - start) }, (_, i) => start + i);
    correct += await trainer.correct(
      test.read(indices),
      indices.map((index) => test.labels[index]),
    );
    onTested(start + indices.length);
  }
  return correct;
}
