// Aligned columns of text for stdout.

import type { Evaluation } from "../evaluate/types.ts";

/** Rows under a header; the first column left, others right aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? "")].length)));
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = " ".repeat(widths[column]! - [...cell].length);
        return column === 0 ? cell + gap : gap + cell;
      })
      .join("  ")
      .trimEnd();
  return [format(header), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(format)].join("\n");
}

/** `30.8 ± 0.3 %`; without a spread for one network. */
export function accuracy({ mean, std, accuracies }: Pick<Evaluation, "mean" | "std" | "accuracies">): string {
  return accuracies.length > 1 ? `${mean.toFixed(1)} ± ${std.toFixed(1)} %` : `${mean.toFixed(1)} %`;
}
