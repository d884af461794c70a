// The identity of a run: what decides its numbers, and nothing else.

import { expect, it } from "vitest";
import { parseConfig, resolveConfig } from "../../../src/distill/config/index.ts";
import { identityOf } from "../../../src/lab/folder/record.ts";

type Recorded = Parameters<typeof identityOf>[0];

function record(config: object = {}): Recorded {
  const images = { name: "tiny", shape: [1, 8, 8] } as const;
  const settled = resolveConfig(parseConfig({ ipc: 2, iterations: 10, ...config }), images);
  const source = { source: "/data/tiny", count: 30, classNames: ["ant", "bee"], fingerprint: "f".repeat(64) };
  return {
    ...{ format: "datadam-run/1", preset: "paper", seed: 0, config: settled, dataset: { ...images, ...source } },
    ...{ classes: [0, 1], initial: { path: "/sets/start", sha256: "a".repeat(64) } },
    ...{ selection: { method: "k-center" }, versions: { datadam: "1" }, created: "2026-01-01T00:00:00.000Z" },
  };
}

it.each<[string, Recorded]>([
  ["configuration", record({ lambda: 0.5 })],
  ["seed", record({ seed: 1 })],
  ["data set", { ...record(), dataset: { ...record().dataset, fingerprint: "0".repeat(64) } }],
  ["shard", { ...record(), classes: [0, 2] }],
  ["initial set", { ...record(), initial: { path: "/sets/start", sha256: "b".repeat(64) } }],
  ["selection", { ...record(), selection: { method: "herding" } }],
])("is another with another %s", async (_, other) => {
  expect(await identityOf(other)).not.toBe(await identityOf(record()));
});

it.each<[string, Recorded]>([
  ["number of iterations", record({ iterations: 99 })],
  ["place of the data", { ...record(), dataset: { ...record().dataset, source: "/elsewhere", name: "other" } }],
  ["place of the initial set", { ...record(), initial: { path: "/elsewhere", sha256: "a".repeat(64) } }],
  ["version and time", { ...record(), versions: { datadam: "2" }, created: "2030-01-01T00:00:00.000Z" }],
])("is the same with another %s", async (_, other) => {
  expect(await identityOf(other)).toBe(await identityOf(record()));
});
