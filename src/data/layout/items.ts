// Images that are named one by one with their labels, by a table, shards or Parquet files: the layout that they make.

import { DatadamError } from "../../errors.ts";
import type { ResolvedOptions } from "../options.ts";
import { sortedClasses } from "./classNames.ts";
import { checkClassCount, type Layout } from "./layout.ts";
import { rolesOf } from "./parts.ts";
import type { PartName } from "./words.ts";

/** An image with its label. */
export interface Item {
  readonly path: string;
  readonly label: string;
  /** Absent where nothing says so: then it is for training. */
  readonly part: PartName | undefined;
  /** Names it in messages: `Line 3 of "x.csv"`. */
  readonly where: string;
}

/** What is known of a set but its items. */
interface Named {
  /** Names the set in messages. */
  readonly root: string;
  /** All classes in their order, where that is known. Those without training images are left out. */
  readonly classNames?: readonly string[] | undefined;
  /** What the set must look like. */
  readonly hint: string;
}

/**
 * The parts and classes of items, in their order. Labels are composed (NFC).
 * @throws DatadamError INVALID_DATA without training images, or with a test image of another class
 */
export function layoutOfItems(
  items: readonly Item[],
  { root, classNames: known, hint }: Named,
  options: Pick<ResolvedOptions, "valPart" | "onWarning">,
): Layout {
  const counts = { train: 0, val: 0, test: 0 };
  for (const { part = "train" } of items) counts[part]++;
  const roles = rolesOf(root, counts, options);
  const named = items.map((item) => ({
    ...item,
    label: item.label.normalize("NFC"),
    role: roles[item.part ?? "train"],
  }));
  const invalid = (message: string) => new DatadamError("INVALID_DATA", message, { hint });
  const trained = new Set(named.filter(({ role }) => role === "train").map(({ label }) => label));
  if (items.length === 0) throw invalid(`"${root}" names no image.`);
  if (trained.size === 0) throw invalid(`"${root}" holds no images for training.`);
  const all = known?.map((label) => label.normalize("NFC"));
  const classNames = all?.filter((label) => trained.has(label)) ?? sortedClasses(trained);
  checkClassCount(root, classNames);
  const missing = (all ?? []).filter((label) => !trained.has(label));
  if (missing.length > 0) options.onWarning(`"${root}" has no training image of ${missing.join(", ")}: left out.`);
  const of = { train: classNames.map((): string[] => []), test: classNames.map((): string[] => []) };
  const classOf = new Map(classNames.map((label, c) => [label, c]));
  for (const { path, label, role, where } of named) {
    const c = classOf.get(label);
    if (role === undefined) continue;
    if (c === undefined) throw invalid(`${where} has the label "${label}", which no training image has.`);
    of[role][c].push(path);
  }
  const tested = of.test.some((paths) => paths.length > 0);
  return { classNames, train: of.train, test: tested ? of.test : undefined, ignored: [] };
}
