// What is in a data set, and what its user should know before trusting numbers made with it.

import { createHash } from "node:crypto";
import { counted } from "../counted.ts";
import { classIndices, setStatistics } from "../images/index.ts";
import type { Dataset, ImageSet } from "../images/types.ts";

export interface SetReport {
  readonly count: number;
  /** Images of each class, in class order. */
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** Of each channel, of pixels in [0, 1]. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Images that equal an earlier one of the set, pixel by pixel. */
  readonly duplicates: number;
  /** Of these, those that have another label than the first of their kind. */
  readonly conflicts: number;
}

export interface DatasetReport {
  readonly name: string;
  readonly shape: ImageSet["shape"];
  readonly flippable: boolean;
  readonly train: SetReport;
  readonly test: SetReport | undefined;
  /** Test images that equal a training image. */
  readonly leaked: number;
  /** One sentence for each thing that may spoil a result; empty where all is well. */
  readonly warnings: readonly string[];
}

const ONE_LEAKED = "1 test image is a training image";
/** A class of more than so many times the images of another is called imbalance. */
const IMBALANCE = 3;

/** Counts, channel statistics, duplicates within and across the parts. Reads every pixel twice. */
export function inspectDataset({ name, train, test }: Dataset): DatasetReport {
  const trainDigests = digests(train);
  const testDigests = test === undefined ? [] : digests(test);
  const trainReport = inspectSet(train, trainDigests);
  const testReport = test === undefined ? undefined : inspectSet(test, testDigests);
  const inTraining = new Set(trainDigests);
  const leaked = testDigests.filter((digest) => inTraining.has(digest)).length;
  const parts: [string, SetReport][] = [["training", trainReport]];
  if (testReport !== undefined) parts.push(["test", testReport]);
  const warnings = [
    ...parts.flatMap(([part, report]) => warningsOf(part, report)),
    ...(leaked > 0
      ? [`${leaked === 1 ? ONE_LEAKED : `${leaked} test images are training images`} too: accuracies will be too high`]
      : []),
  ];
  const { shape, flippable } = train;
  return { name, shape, flippable, train: trainReport, test: testReport, leaked, warnings };
}

function inspectSet(set: ImageSet, own: readonly string[]): SetReport {
  const seen = new Map<string, number>();
  let [duplicates, conflicts] = [0, 0];
  for (const [index, digest] of own.entries()) {
    const label = seen.get(digest);
    if (label === undefined) seen.set(digest, set.labels[index]);
    else {
      duplicates++;
      if (label !== set.labels[index]) conflicts++;
    }
  }
  const members = classIndices(set.labels, set.classNames.length);
  const classes = set.classNames.map((className, c) => ({ name: className, count: members[c].length }));
  return { count: set.count, classes, ...setStatistics(set), duplicates, conflicts };
}

function digests(set: ImageSet): string[] {
  return Array.from({ length: set.count }, (_, i) => createHash("sha1").update(set.image(i)).digest("base64"));
}

function warningsOf(part: string, { classes, duplicates, conflicts }: SetReport): string[] {
  const sorted = classes.toSorted((a, b) => a.count - b.count);
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const warnings: string[] = [];
  if (most.count > IMBALANCE * least.count) {
    const counts = `"${most.name}" has ${counted(most.count, "image")}, "${least.name}" ${least.count}`;
    warnings.push(`${part} classes are out of balance: ${counts}`);
  }
  if (duplicates > 0) {
    const labels = conflicts > 0 ? `, ${conflicts} of them under another label` : "";
    const images = `${counted(duplicates, `${part} image`)} ${duplicates === 1 ? "is" : "are"}`;
    warnings.push(`${images} there more than once${labels}`);
  }
  return warnings;
}
