// What an architecture search found, as a table.

import type { NasRecord } from "../../lab/index.ts";
import type { Correlation } from "../../nas/types.ts";
import { duration } from "../reporter.ts";
import { table } from "../table.ts";

/** A row a proxy, the reference last, and what the numbers are. */
export function nasTable(record: NasRecord): string {
  const { proxies, spaceSize, candidates, reference, retrained } = record;
  const top = `best ${Math.round(100 * record.top)} %`;
  const header = [
    "proxy",
    "Spearman",
    "Kendall",
    `Spearman, ${top}`,
    "selected",
    "reference",
    "retrained",
    "images",
    "time",
    `all ${spaceSize}`,
  ];
  const rows = proxies.map((proxy) => [
    proxy.name,
    correlation(proxy.agreement?.spearman),
    correlation(proxy.agreement?.kendall),
    correlation(proxy.topAgreement?.spearman),
    proxy.selected.id,
    percent(proxy.selected.referenceAccuracy),
    percent(proxy.selected.testAccuracy),
    String(proxy.storedImages),
    duration(proxy.seconds),
    proxy.projectedSeconds === null ? "" : `~${duration(proxy.projectedSeconds)}`,
  ]);
  const diverged = proxies.filter((proxy) => proxy.diverged > 0);
  return [
    table(header, rows),
    "",
    `${candidates} of ${spaceSize} architectures, ${record.protocol.epochs} epochs on each set; ` +
      `accuracy on ${record.validationImages} images held out.`,
    reference === null ? "No reference ranking: --reference train makes one." : referenceLine(reference),
    ...(retrained === null
      ? []
      : [`Retrained: ${retrained.epochs} epochs on ${retrained.images} images, accuracy on the test images.`]),
    ...(proxies.some(({ projectedSeconds }) => projectedSeconds !== null)
      ? [`The time for all ${spaceSize} is projected from the measured ones by multiply-adds.`]
      : []),
    ...(diverged.length > 0
      ? [`Diverged (ranked last): ${diverged.map((proxy) => `${proxy.diverged} on ${proxy.name}`).join(", ")}.`]
      : []),
  ].join("\n");
}

function referenceLine({ epochs, images, from }: NonNullable<NasRecord["reference"]>): string {
  const origin = from === "train" ? "" : `, of ${from}`;
  return `Reference: ${epochs} epochs on ${images} images${origin}. Intervals: 95 %, bootstrap over architectures.`;
}

function correlation(found: Correlation | undefined): string {
  if (found === undefined) return "";
  if (found.value === null) return "undefined";
  const { interval } = found;
  const range = interval === null ? "" : ` [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]`;
  return `${found.value.toFixed(2)}${range}`;
}

function percent(value: number | null): string {
  return value === null ? "" : `${value.toFixed(1)} %`;
}
