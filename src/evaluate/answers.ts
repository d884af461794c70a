// Confusion matrices of networks, and their accuracies by class.

import type { Answers, Evaluation } from "./types.ts";

/** The most classes that a matrix is kept of: 80 kB a network. */
const CONFUSION_CLASSES = 200;

/** @param matrix `[classes, classes]`: a row for each true class, a column for each answer. */
export function answersByClass(matrix: Float64Array): Answers {
  const classes = Math.sqrt(matrix.length);
  const rows = Array.from({ length: classes }, (_, i) => [...matrix.subarray(i * classes, (i + 1) * classes)]);
  const byClass = rows.map((row, label) => {
    const images = row.reduce((total, count) => total + count, 0);
    return images === 0 ? null : Number(((100 * row[label]) / images).toFixed(4));
  });
  return { byClass, ...(classes <= CONFUSION_CLASSES && { confusion: rows }) };
}

/** As an evaluation keeps them: where all networks have them. */
export function gathered(all: readonly Partial<Answers>[]): Pick<Evaluation, "byClass" | "confusion"> {
  const byClass = all.flatMap((one) => (one.byClass === undefined ? [] : [one.byClass]));
  const confusion = all.flatMap((one) => (one.confusion === undefined ? [] : [one.confusion]));
  return {
    ...(byClass.length === all.length && { byClass }),
    ...(confusion.length === all.length && { confusion }),
  };
}
