// Small runs for tests: two-pixel images whose numbers say where they come from.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type DistillConfig, parseConfig, resolveConfig } from "../src/distill/config/index.ts";
import type { DistillState } from "../src/distill/types.ts";
import type { Preprocessing, SyntheticSet } from "../src/images/types.ts";
import type { ResultEntry } from "../src/lab/folder/results.ts";
import type { RunRecord } from "../src/run/index.ts";

const SHAPE = [1, 8, 8] as const;
const PIXELS = 64;
const CLASS_NAMES = ["ant", "bee", "cat"] as const;
export const PLAIN: Preprocessing = { normalization: { mean: [0.5], std: [0.25] }, zca: undefined };

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "datadam-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function makeRecord(config: Partial<DistillConfig> = {}, classes: readonly number[] | null = null): RunRecord {
  const settled = resolveConfig(parseConfig({ ipc: 2, iterations: 10, averaging: false, ...config }), {
    name: "tiny/train",
    shape: SHAPE,
  });
  return {
    format: "datadam-run/1",
    preset: "paper",
    seed: settled.seed,
    config: settled,
    dataset: {
      source: "/data/tiny",
      name: "tiny/train",
      count: 30,
      shape: SHAPE,
      classNames: CLASS_NAMES,
      fingerprint: "f".repeat(64),
    },
    classes,
    versions: { datadam: "0.0.0" },
    created: "2026-01-01T00:00:00.000Z",
  };
}

export function makeState(
  iteration: number,
  classes: readonly number[] = [0, 1, 2],
  averaged: boolean = false,
): DistillState {
  const values = (offset: number): Float32Array =>
    Float32Array.from({ length: classes.length * 2 * PIXELS }, (_, i) => {
      const label = classes[Math.floor(i / (2 * PIXELS))]!;
      return Math.sin(offset + 1000 * label + iteration + (i % (2 * PIXELS)));
    });
  const average = averaged ? { average: values(0.25) } : {};
  return { iteration, classes, images: values(0), momentum: values(0.5), ...average };
}

export function makeSet(state: DistillState, preprocessing: Preprocessing = PLAIN): SyntheticSet {
  return {
    images: state.images,
    labels: Uint16Array.from(state.classes.flatMap((label) => [label, label])),
    shape: SHAPE,
    classNames: CLASS_NAMES,
    preprocessing,
    provenance: {},
  };
}

/** The JSON of a run's `record.json`. */
export function readRecord(folder: string): RunRecord {
  return JSON.parse(readFileSync(join(folder, "record.json"), "utf8")) as RunRecord;
}

/** The rows of a file of JSON lines. */
export function readMetrics(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What `result.json` of a run says of each evaluation. */
export function readResults(folder: string): ResultEntry[] {
  const file = readFileSync(join(folder, "result.json"), "utf8");
  return (JSON.parse(file) as { readonly evaluations: ResultEntry[] }).evaluations;
}
