// k-means (Lloyd 1982) from a k-means++ start (Arthur & Vassilvitskii 2007), and the point nearest to each centre.

import { allocate, type Multiply } from "../linalg/index.ts";
import type { Stream } from "../random/index.ts";
import { addRow, farthest, meanOf, type Points, squaredDistance } from "./points.ts";

/** Lloyd's steps after which it is left as it is. Most classes of CIFAR-10 settle after 20 to 60. */
const MAX_STEPS = 100;
/** What float32 products of centred points may be off by, of their size. */
const ROUNDING = 1e-5;

/**
 * Chooses `k` distinct points: of each of `k` centres, in their order, the nearest that is not taken.
 *
 * @param points moved to their mean in place, so that float32 products keep more of their digits.
 */
export async function kMeans(points: Points, k: number, stream: Stream, multiply: Multiply): Promise<number[]> {
  centre(points);
  const { count, width } = points;
  const norms = Float64Array.from({ length: count }, (_, i) => squaredNorm(points.data, i * width, width));
  const centres = allocate(Float32Array, k * width);
  for (const [j, i] of spread(points, k, stream).entries()) {
    centres.set(points.data.subarray(i * width, (i + 1) * width), j * width);
  }
  const owners = new Int32Array(count).fill(-1);
  for (let step = 0; ; step++) {
    const distances = await distancesTo(points, norms, centres, k, multiply);
    const settled = !assign(distances, k, owners);
    if (settled || step === MAX_STEPS) return nearestToEach(points, distances, norms, centres, k);
    update(points, distances, owners, centres, k);
  }
}

/**
 * k-means++: the first point at random, the others with a probability in proportion to their squared distance to the
 * nearest.
 */
export function spread(points: Points, k: number, stream: Stream): number[] {
  const { data, count, width } = points;
  const chosen = new Set<number>([stream.integer(count)]);
  const distances = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let last = [...chosen][0];
  while (chosen.size < k) {
    const start = data.subarray(last * width, (last + 1) * width);
    let total = 0;
    for (let i = 0; i < count; i++) {
      distances[i] = Math.min(distances[i], squaredDistance(points, i, start));
      total += distances[i];
    }
    last = draw(distances, total * stream.uniform(), chosen);
    chosen.add(last);
  }
  return [...chosen];
}

/**
 * The first index at which the sum of what lies before passes `mark`. Where all distances are 0, the first that is not
 * chosen.
 */
function draw(distances: Float64Array, mark: number, chosen: ReadonlySet<number>): number {
  let sum = 0;
  for (let i = 0; i < distances.length; i++) {
    sum += distances[i];
    if (sum > mark && !chosen.has(i)) return i;
  }
  return farthest(distances, chosen);
}

/** Squared distances `[count, k]`, as `|x|² - 2 x c + |c|²`. */
async function distancesTo(
  { data, count, width }: Points,
  norms: Float64Array,
  centres: Float32Array,
  k: number,
  multiply: Multiply,
): Promise<Float32Array> {
  const products = await multiply(data, centres, count, width, k);
  const centreNorms = Float64Array.from({ length: k }, (_, j) => squaredNorm(centres, j * width, width));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < k; j++) products[i * k + j] = Math.max(0, norms[i] - 2 * products[i * k + j] + centreNorms[j]);
  }
  return products;
}

/** Gives each point to its nearest centre, the first of equals; says whether any point has changed its owner. */
function assign(distances: Float32Array, k: number, owners: Int32Array): boolean {
  let changed = false;
  for (let i = 0; i < owners.length; i++) {
    let best = 0;
    for (let j = 1; j < k; j++) if (distances[i * k + j] < distances[i * k + best]) best = j;
    changed ||= owners[i] !== best;
    owners[i] = best;
  }
  return changed;
}

/**
 * Centres become the means of their points. One without points moves to the point that is farthest from its own centre.
 */
function update(points: Points, distances: Float32Array, owners: Int32Array, centres: Float32Array, k: number): void {
  const { data, count, width } = points;
  const sums = Array.from({ length: k }, () => new Float64Array(width));
  const sizes = new Uint32Array(k);
  for (let i = 0; i < count; i++) {
    addRow(sums[owners[i]], data, i * width);
    sizes[owners[i]]++;
  }
  const far = Float64Array.from(owners, (owner, i) => distances[i * k + owner]);
  const moved = new Set<number>();
  for (let j = 0; j < k; j++) {
    if (sizes[j] === 0) {
      const lone = farthest(far, moved);
      moved.add(lone);
      centres.set(data.subarray(lone * width, (lone + 1) * width), j * width);
    } else for (let l = 0; l < width; l++) centres[j * width + l] = sums[j][l] / sizes[j];
  }
}

/** Of each centre the nearest point that is not taken. What float32 cannot tell apart is measured again in float64. */
function nearestToEach(
  points: Points,
  distances: Float32Array,
  norms: Float64Array,
  centres: Float32Array,
  k: number,
): number[] {
  const taken = new Set<number>();
  for (let j = 0; j < k; j++) {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < points.count; i++) if (!taken.has(i)) least = Math.min(least, distances[i * k + j]);
    let [best, exact] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < points.count; i++) {
      if (taken.has(i) || distances[i * k + j] > least + ROUNDING * (norms[i] + least)) continue;
      const distance = squaredDistance(points, i, centres, j);
      if (distance < exact || best < 0) [best, exact] = [i, distance];
    }
    taken.add(best);
  }
  return [...taken];
}

function centre(points: Points): void {
  const mean = meanOf(points);
  for (let i = 0; i < points.data.length; i++) points.data[i] -= mean[i % points.width];
}

function squaredNorm(data: Float32Array, from: number, width: number): number {
  let sum = 0;
  for (let j = from; j < from + width; j++) sum += data[j] * data[j];
  return sum;
}
