// Labels that are learned with the images: from hard ones towards what the visited networks say of the images.

/**
 * One-hot rows `[classes * perClass, width]`, in the order of the images that networks see.
 *
 * @param width all classes of the set, of which those of a shard are some.
 */
export function hardLabels(classes: readonly number[], perClass: number, width: number): Float32Array {
  const labels = new Float32Array(classes.length * perClass * width);
  for (let row = 0; row < classes.length * perClass; row++) {
    labels[row * width + classes[Math.floor(row / perClass)]] = 1;
  }
  return labels;
}

/**
 * One step of self-adaptive training (Huang et al., NeurIPS 2020): `(1 - rate) * labels + rate * probabilities`. It is
 * that of the natural gradient of the cross-entropy from `probabilities` to `labels`. Rows keep the sum 1, which
 * float32 would slowly lose.
 *
 * @param labels and probabilities `[images, width]`. @param into where the labels after it go; may be `labels` itself.
 */
export function learnLabels(
  labels: Float32Array,
  probabilities: Float32Array,
  { rate, width }: { readonly rate: number; readonly width: number },
  into: Float32Array,
): void {
  const row = new Float64Array(width);
  for (let start = 0; start < labels.length; start += width) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      row[k] = (1 - rate) * labels[start + k] + rate * probabilities[start + k];
      sum += row[k];
    }
    for (let k = 0; k < width; k++) into[start + k] = row[k] / sum;
  }
}
