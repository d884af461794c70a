// The data set of a run: what the record says of it is enough to load it again.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadSource, reloadSource } from "../../src/cli/source.ts";
import { createUi, type Ui } from "../../src/cli/ui.ts";
import type { RunDataset } from "../../src/run/index.ts";

const dataDir = fileURLToPath(new URL("../fixtures/cifars/cifar-100-python.tar.gz", import.meta.url));
const loud = createUi({ progress: "plain", quiet: true });
const ui: Ui = { ...loud, reporter: { ...loud.reporter, warn: () => {} } }; // that the fixture is a sample is known

describe("a run's data set", () => {
  it("is loaded again from its record, with the labels it had", async () => {
    for (const labels of ["coarse", "fine", undefined] as const) {
      const { dataset, description } = await loadSource(
        { dataset: "cifar100", dataDir, ...(labels === undefined ? {} : { labels }) },
        ui,
      );
      expect(description).toMatchObject({ source: "cifar100", dir: dataDir, name: "cifar100/train", count: 6 });
      expect(description.labels).toBe(labels);
      const recorded = JSON.parse(JSON.stringify(description)) as RunDataset;
      expect((await reloadSource(recorded, {}, ui)).dataset).toEqual(dataset);
    }
  });

  it("is not taken for the same with other labels", async () => {
    const { description } = await loadSource({ dataset: "cifar100", dataDir, labels: "coarse" }, ui);
    const { labels: _, ...fine } = description;
    await expect(reloadSource(fine, {}, ui)).rejects.toMatchObject({ code: "INVALID_DATA" });
  });
});
