// The test accuracy of a trained network, and what it takes the images for.

import type { PreparedSet } from "../images/index.ts";
import type { Trainer } from "./trainer.ts";

/** Told how many images were seen. */
type OnTested = (count: number) => void;

/**
 * How many of the images a trained network classifies as their labels say.
 *
 * @param onTested told how many it has seen.
 */
export async function countCorrect(
  trainer: Trainer,
  test: PreparedSet,
  signal?: AbortSignal,
  onTested?: OnTested,
): Promise<number> {
  let correct = 0;
  await inChunks(test, signal, onTested, async (images, labels) => {
    correct += await trainer.correct(images, labels);
  });
  return correct;
}

/**
 * The same with its confusion matrix: float64 `[classes, classes]`, images of a class (row) that were taken for a class
 * (column). Of k equally likely classes, each is the answer with 1/k.
 */
export async function countAnswers(
  trainer: Trainer,
  test: PreparedSet,
  signal?: AbortSignal,
  onTested?: OnTested,
): Promise<{ readonly correct: number; readonly answers: Float64Array }> {
  let correct = 0;
  const answers = new Float64Array(trainer.network.classes ** 2);
  await inChunks(test, signal, onTested, async (images, labels) => {
    const part = await trainer.answers(images, labels);
    correct += part.correct;
    for (let i = 0; i < answers.length; i++) answers[i] += part.answers[i];
  });
  return { correct, answers };
}

async function inChunks(
  test: PreparedSet,
  signal: AbortSignal | undefined,
  onTested: OnTested = () => {},
  take: (images: Float32Array, labels: readonly number[]) => Promise<void>,
): Promise<void> {
  const chunk = 2048;
  for (let start = 0; start < test.count; start += chunk) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(chunk, test.count - start) }, (_, i) => start + i);
    await take(
      test.read(indices),
      indices.map((index) => test.labels[index]),
    );
    onTested(start + indices.length);
  }
}
