// Which images belong to which class.

/**
 * Indices of the images of each class, ascending: element `c` for class `c`.
 *
 * @throws RangeError for a label that is not below `classes`.
 */
export function classIndices(labels: ArrayLike<number>, classes: number): Uint32Array[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] < classes)) throw new RangeError(`label ${labels[i]} of image ${i} is not below ${classes}`);
    counts[labels[i]]++;
  }
  const indices = counts.map((count) => new Uint32Array(count));
  counts.fill(0);
  for (let i = 0; i < labels.length; i++) indices[labels[i]][counts[labels[i]]++] = i;
  return indices;
}
