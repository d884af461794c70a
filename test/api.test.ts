// The public lists of the built package. A change here is a change of the API: say so in CHANGELOG.md.

import { expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };

it("exports these names from datadam", async () => {
  expect(Object.keys(await import("datadam")).sort()).toMatchInlineSnapshot(`
    [
      "DatadamError",
      "Key",
      "ReplayMemory",
      "Trainer",
      "buildNetwork",
      "configKeys",
      "convnet",
      "createEngine",
      "distill",
      "encodeClassifier",
      "evaluate",
      "expandSet",
      "gradientMatchingLoss",
      "imageSet",
      "jsonSchema",
      "loadDataset",
      "matchingLoss",
      "parseConfig",
      "pools",
      "prepare",
      "prepareWith",
      "presets",
      "probeBackends",
      "protocols",
      "randomSubset",
      "readSyntheticSet",
      "select",
      "trainSteps",
      "unprepare",
      "withSoftLabels",
      "writeSyntheticSet",
    ]
  `);
});

it("exports these names from datadam/lab", async () => {
  expect(Object.keys(await import("datadam/lab")).sort()).toMatchInlineSnapshot(`
    [
      "CLASSIFIERS",
      "CLASSIFIER_FILE",
      "bankInfo",
      "bankSettings",
      "differences",
      "holder",
      "job",
      "jobSchema",
      "lab",
      "loaded",
      "memory",
      "mergeBanks",
      "mergeJournals",
      "openBank",
      "plan",
      "readEvents",
      "readFinished",
      "readJobFile",
      "readJournal",
      "readRows",
      "readSet",
      "run",
      "trainsNetworks",
    ]
  `);
});

it("exports every subpath it lists, each with something in it", async () => {
  for (const subpath of Object.keys(packageJson.exports)) {
    // The worker of a browser exports nothing: it answers messages.
    if ([".", "./engine/worker"].includes(subpath) || subpath.endsWith(".json")) continue;
    const module = (await import(`datadam/${subpath.slice(2)}`)) as Record<string, unknown>;
    expect(Object.keys(module).length, subpath).toBeGreaterThan(0);
  }
});

it("makes a distilled set that the evaluation takes, through the package alone", async () => {
  const { convnet, matchingLoss } = await import("datadam");
  const { initialize } = await import("datadam/nn");
  const { Key } = await import("datadam/random");
  const network = convnet({ channels: 1, size: 8, classes: 2, depth: 2, width: 4 });
  const images = (seed: number): { shape: number[]; data: Float32Array } => ({
    shape: [4, 1, 8, 8],
    data: Key.fromSeed(seed)
      .stream()
      .fillNormal(new Float32Array(4 * 64)),
  });
  const options = { network, parameters: initialize(network, Key.fromSeed(0)), real: images(1), classes: 2 };
  const same = await matchingLoss({ ...options, synthetic: images(1) });
  const other = await matchingLoss({ ...options, synthetic: images(2) });
  expect(same.loss).toBeLessThan(1e-6);
  expect(other.loss).toBeGreaterThan(0.01);
  expect(other.gradient.shape).toEqual([4, 1, 8, 8]);
});
