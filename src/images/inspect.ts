// What is in a data set, and what its user should know before trusting numbers made with it.

import { counted } from "../counted.ts";
import { classIndices } from "./classes.ts";
import { setStatistics } from "./statistics.ts";
import type { Dataset, ImageSet } from "./types.ts";

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

/** A class of more than so many times the images of another is called imbalance. */
const IMBALANCE = 3;

/** Counts, channel statistics, duplicates within and across the parts. Reads every pixel twice. */
export function inspectDataset({ name, train, test }: Dataset): DatasetReport {
  const numbers = new ImageNumbers();
  const trainNumbers = numbers.of(train);
  const testNumbers = test === undefined ? [] : numbers.of(test);
  const trainReport = inspectSet(train, trainNumbers);
  const testReport = test === undefined ? undefined : inspectSet(test, testNumbers);
  const inTraining = new Set(trainNumbers);
  const leaked = testNumbers.filter((number) => inTraining.has(number)).length;
  const parts: [string, SetReport][] = [["training", trainReport]];
  if (testReport !== undefined) parts.push(["test", testReport]);
  const warnings = [
    ...parts.flatMap(([part, report]) => warningsOf(part, report)),
    ...(leaked > 0 ? [`${leakedWords(leaked)} too: accuracies will be too high`] : []),
  ];
  const { shape, flippable } = train;
  return { name, shape, flippable, train: trainReport, test: testReport, leaked, warnings };
}

function leakedWords(leaked: number): string {
  return leaked === 1 ? "1 test image is a training image" : `${leaked} test images are training images`;
}

/** @param numbers the number of each image. */
function inspectSet(set: ImageSet, numbers: readonly number[]): SetReport {
  const seen = new Map<number, number>();
  let [duplicates, conflicts] = [0, 0];
  for (const [index, number] of numbers.entries()) {
    const label = seen.get(number);
    if (label === undefined) seen.set(number, set.labels[index]);
    else {
      duplicates++;
      if (label !== set.labels[index]) conflicts++;
    }
  }
  const members = classIndices(set.labels, set.classNames.length);
  const classes = set.classNames.map((className, c) => ({ name: className, count: members[c].length }));
  return { count: set.count, classes, ...setStatistics(set), duplicates, conflicts };
}

/** Numbers of images: equal images have equal numbers, others do not. */
class ImageNumbers {
  /** The images of each hash that differ. */
  readonly #known = new Map<number, { readonly set: ImageSet; readonly index: number; readonly number: number }[]>();
  #next = 0;

  /** The number of each image of a set. */
  of(set: ImageSet): number[] {
    return Array.from({ length: set.count }, (_, index) => this.#numberOf(set, index));
  }

  #numberOf(set: ImageSet, index: number): number {
    const pixels = set.image(index);
    const hash = hashOf(pixels);
    const alike = this.#known.get(hash);
    const same = alike?.find((other) => isEqual(other.set.image(other.index), pixels));
    if (same !== undefined) return same.number;
    const entry = { set, index, number: this.#next++ };
    if (alike === undefined) this.#known.set(hash, [entry]);
    else alike.push(entry);
    return entry.number;
  }
}

/** Two hashes of 32 bits (FNV-1a, and one with another factor), of which 53 bits are kept. */
function hashOf(bytes: Uint8Array): number {
  let [a, b] = [0x811c9dc5, 0x2545f491];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
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
