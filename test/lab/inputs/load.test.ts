// The data set of a run: what the record says of it is enough to load it again.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadData, reloadData } from "../../../src/lab/inputs/load.ts";
import { readers } from "../../../src/lab/node/index.ts";
import type { RunDataset } from "../../../src/run/index.ts";

const dir = fileURLToPath(new URL("../../fixtures/cifars/cifar-100-python.tar.gz", import.meta.url));
const nothing = (): void => {}; // That the fixture is a sample is known.
const tools = {
  readers,
  signal: new AbortController().signal,
  ...{ note: nothing, warn: nothing, progress: nothing },
};

describe("a run's data set", () => {
  it("is loaded again from its record, with the labels it had", async () => {
    for (const labels of ["coarse", "fine", undefined] as const) {
      const { dataset, description } = await loadData({ dataset: "cifar100", dir, labels }, tools);
      expect(description).toMatchObject({ source: "cifar100", dir, name: "cifar100/train", count: 6 });
      expect(description.labels).toBe(labels);
      const recorded = JSON.parse(JSON.stringify(description)) as RunDataset;
      expect((await reloadData(recorded, {}, tools)).dataset).toEqual(dataset);
    }
  });

  it("is not taken for the same with other labels", async () => {
    const { description } = await loadData({ dataset: "cifar100", dir, labels: "coarse" }, tools);
    const { labels: _, ...fine } = description;
    await expect(reloadData(fine, {}, tools)).rejects.toMatchObject({ code: "INVALID_DATA" });
  });
});
