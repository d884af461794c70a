// Aligned columns of text for stdout.

import type { Evaluation } from "../evaluate/types.ts";
import { name } from "./text/text.ts";

/** Rows under a header; the first column left, others right aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map(name));
  const width = (cell: string | undefined): number => [...(cell ?? "")].length;
  const widths = header.map((_, column) => all.reduce((most, row) => Math.max(most, width(row[column])), 0));
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = " ".repeat(widths[column]! - [...cell].length);
        return column === 0 ? cell + gap : gap + cell;
      })
      .join("  ")
      .trimEnd();
  const [first, ...others] = all.map(format);
  return [first, widths.map((length) => "-".repeat(length)).join("  "), ...others].join("\n");
}

/** `30.8 ± 0.3 %`; without a spread for one network. */
export function accuracy({ mean, std, accuracies }: Evaluation): string {
  return accuracies.length > 1 ? `${mean.toFixed(1)} ± ${std.toFixed(1)} %` : `${mean.toFixed(1)} %`;
}
