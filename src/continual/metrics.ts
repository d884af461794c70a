// What the answers at all steps say: accuracy on what was seen, and forgetting.

import { mean } from "../statistics/index.ts";
import type { Answers } from "./types.ts";

export interface ContinualMetrics {
  /** Per cent of the test images of all classes seen, by step. */
  readonly accuracies: readonly number[];
  /** The last of them. */
  readonly final: number;
  /** Their mean. */
  readonly average: number;
  /**
   * Per cent points that a task (the classes that came at one step) has lost from its best step to the last, mean over
   * all tasks but the last (Chaudhry et al., ECCV 2018); null for one step. Negative where later steps do better on it.
   */
  readonly forgetting: number | null;
}

/** @param steps the answers after each step, in order; later ones have seen all that earlier ones have. */
export function continualMetrics(steps: readonly Answers[]): ContinualMetrics {
  const accuracies = steps.map((answers) => percent(answers, answers.seen));
  const tasks = steps.map(({ seen }, step) => seen.filter((c) => step === 0 || !steps[step - 1].seen.includes(c)));
  const last = steps.length - 1;
  const losses = tasks.slice(0, last).flatMap((task, first) => {
    if (task.length === 0) return [];
    const best = Math.max(...steps.slice(first, last).map((answers) => percent(answers, task)));
    return [best - percent(steps[last], task)];
  });
  return {
    accuracies,
    final: accuracies[last],
    average: mean(accuracies),
    forgetting: losses.length === 0 ? null : mean(losses),
  };
}

function percent({ seen, correct, total }: Answers, classes: readonly number[]): number {
  let [right, all] = [0, 0];
  for (const [place, c] of seen.entries()) {
    if (!classes.includes(c)) continue;
    right += correct[place];
    all += total[place];
  }
  return (100 * right) / all;
}
