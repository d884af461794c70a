// Each kind of plan by processes of this machine, on small images: what scripts/cluster.mjs does on CIFAR-10, and on
// Slurm and BullMQ too. Needs `npm run build`.

import { expect, it } from "vitest";

interface Row {
  readonly what: string;
  readonly jobs: number;
  readonly files: number;
  readonly same: boolean;
}
const script = new URL("../../scripts/cluster/kinds.mjs", import.meta.url).href;
const { kindsOnEngines } = (await import(script)) as { kindsOnEngines: (options: object) => Promise<void> };

it("has the bytes of the job at once: shards, a table, a bank, a sweep", async () => {
  const rows: Row[] = [];
  await kindsOnEngines({
    ...{ data: { dataset: "builtin" }, engines: ["local"], until: () => Number.POSITIVE_INFINITY },
    keep: (row: Row) => rows.push(row),
  });
  expect(rows.map(({ what, jobs, same }) => [what, jobs, same])).toEqual([
    ["ten shards of classes, IPC 1", 10, true],
    ["a table of 12 cells", 12, true],
    ["a bank of 8 networks", 8, true],
    ["a sweep of 6 seeds", 6, true],
  ]);
  for (const { files, what } of rows) expect(files, what).toBeGreaterThanOrEqual(1);
  // Of a table: a record a set and one for its networks, and the sets.
  expect(rows[1]!.files).toBeGreaterThanOrEqual(12);
}, 300_000);
