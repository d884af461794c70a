// What a continual learning experiment found, as a table.

import type { ContinualRecord } from "../../lab/index.ts";
import { duration } from "../reporter.ts";
import { table } from "../table.ts";

/** A row a method: accuracy after each step, and what it comes to. */
export function continualTable(record: ContinualRecord): string {
  const { methods, orders, networks, bound, stream, protocol, lead } = record;
  const [first] = methods;
  const header = [
    "method",
    ...first!.seen.map((count) => `${count} classes`),
    "average",
    "forgetting",
    "images",
    "time",
  ];
  const rows = methods.map((result) => [
    result.method,
    ...result.accuracies.map(spread),
    spread(result.average),
    result.forgetting === null ? "" : spread(result.forgetting),
    String(result.images.at(-1)),
    duration(result.seconds),
  ]);
  const size = "perClass" in bound ? `${bound.perClass} images a class` : `${bound.total} images in all`;
  return [
    table(header, rows),
    "",
    `Test accuracy in % on the classes seen, mean ± std over ${orders} orders x ${networks} networks; ` +
      `memory of ${size}; protocol ${protocol.name}.`,
    ...(stream === null ? [] : [`A stream without steps, its classes blurred by ${stream.blur} of their length.`]),
    ...lead.map(({ method, over, mean, interval, pairs }) => {
      const range = interval === null ? "" : ` (95 %: ${signed(interval.low)} to ${signed(interval.high)})`;
      return `At the last step ${method} is ${signed(mean)} points from ${over}${range}, ${pairs} pairs.`;
    }),
  ].join("\n");
}

function spread({ mean, std }: { readonly mean: number; readonly std: number }): string {
  return `${mean.toFixed(1)} ± ${std.toFixed(1)}`;
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
}
