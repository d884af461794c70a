// Training images that are held out, for choosing settings without a look at the test images.

import { counted } from "../counted.ts";
import { DatadamError } from "../errors.ts";
import { classIndices, takeImages } from "../images/index.ts";
import type { Dataset, ImageSet, TestedDataset } from "../images/types.ts";

/**
 * A data set whose test part is the last `count` training images of each class, which are no longer trained on. The
 * mean and standard deviation of its pixels stay those of all, where they were measured.
 *
 * @throws DatadamError INVALID_OPTION where a class would have none left to train on
 */
export function withHeldOut({ name, train }: Dataset, count: number): TestedDataset {
  const members = classIndices(train.labels, train.classNames.length);
  const short = members.findIndex((indices) => indices.length <= count);
  if (short >= 0) {
    throw new DatadamError(
      "INVALID_OPTION",
      `holdOut ${count}: class "${train.classNames[short]}" of ${train.name} has ` +
        `${counted(members[short].length, "training image")}, which leaves none to train on`,
      { hint: "Hold out fewer images a class." },
    );
  }
  const part = (cut: (indices: Uint32Array) => Uint32Array): Uint32Array =>
    Uint32Array.from(members.flatMap((indices) => [...cut(indices)])).sort();
  const named: ImageSet = Object.create(train, { name: { value: `${name}/held out` } });
  return {
    name,
    train: takeImages(
      train,
      part((indices) => indices.subarray(0, -count)),
    ),
    test: takeImages(
      named,
      part((indices) => indices.subarray(-count)),
    ),
  };
}
