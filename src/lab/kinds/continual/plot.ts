// What a continual learning experiment found, as a picture.

import { type Plot, plot } from "../../../plots/index.ts";
import type { ContinualRecord } from "./record.ts";

/** Accuracy over classes seen, a line a method, with a band of one standard deviation. */
export function continualPlot({ methods, dataset, steps, bound }: ContinualRecord): string {
  const size = "perClass" in bound ? `${bound.perClass} images a class` : `${bound.total} images`;
  const curves: Plot = {
    title: `${dataset.replace(/\/train$/, "")}, ${steps} steps, ${size}`,
    x: { label: "classes seen" },
    y: { label: "test accuracy on them, %" },
    series: methods.map(({ method, accuracies, seen }) => ({
      name: method,
      dashed: method === "random",
      points: accuracies.map(({ mean, std }, step) => ({ x: seen[step]!, y: mean, low: mean - std, high: mean + std })),
    })),
  };
  return plot(curves);
}
