// Images decoded into shared memory.

import { type Corrupt, readOrSkip, type Skipped } from "../decode/corrupt.ts";
import { type DecodedImage, writePlanes } from "../decode/decode.ts";
import { type Facts, type Gathered, type GatheredPart, labelled } from "../decode/gather.ts";
import { addMislabelled, mislabelOf, NONE_MISLABELLED } from "../decode/mislabelled.ts";
import { inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";
import type { Part } from "../layout/layout.ts";
import { mapInOrder } from "../mapInOrder.ts";

/**
 * Decodes parts, class by class, as `channels` planes of `size` by `size` bytes.
 * @param onProgress see {@link onceSlow}
 */
export async function decodeToMemory(
  parts: readonly Part[],
  image: (path: string) => Promise<DecodedImage>,
  channels: 1 | 3,
  size: number,
  corrupt: Corrupt,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Gathered> {
  const total = parts.flat(2).length;
  const tell = onceSlow(onProgress);
  let done = 0;
  const stride = channels * size ** 2;
  const skipped: Skipped[] = [];
  const gathered: GatheredPart[] = [];
  let [grey, mislabelled] = [true, NONE_MISLABELLED];
  for (const part of parts) {
    const items = labelled(part);
    const pixels = sharedBytes(items.length * stride);
    const labels = sharedLabels(items.length);
    let n = 0;
    const write = async ({ path, label }: (typeof items)[number]) => {
      const at = n++;
      const decoded = await readOrSkip(path, corrupt, () => image(path));
      tell(++done, total);
      if (!("rgb" in decoded)) return decoded;
      writePlanes(decoded, channels, pixels.subarray(at * stride, (at + 1) * stride));
      labels[at] = label;
      return { at, grey: decoded.grey, mislabelled: mislabelOf(path, decoded.format) };
    };
    let filled = 0;
    for (const result of await mapInOrder(items, write)) {
      if (!("grey" in result)) {
        skipped.push(result);
        continue;
      }
      const { at } = result;
      grey &&= result.grey;
      mislabelled = addMislabelled(mislabelled, result.mislabelled);
      if (at > filled) {
        pixels.copyWithin(filled * stride, at * stride, (at + 1) * stride);
        labels[filled] = labels[at];
      }
      filled++;
    }
    gathered.push(inSharedMemory(pixels.subarray(0, filled * stride), labels.subarray(0, filled), stride));
  }
  return { parts: gathered, skipped, grey, mislabelled };
}

/** Tells of work only once it has taken two seconds, so that small sets are read in silence, and ten times a second. */
export function onceSlow<T extends number | undefined>(
  onProgress: (done: number, total: T) => void,
): (done: number, total: T) => void {
  let next = performance.now() + 2000;
  let told = false;
  return (done, total) => {
    const now = performance.now();
    if (now < next && !(told && done === total)) return;
    [next, told] = [now + 100, true];
    onProgress(done, total);
  };
}

/** Reads the images of parts that are on the disk. */
export function loadIntoMemory({ parts, ...rest }: Gathered): Gathered {
  const loaded = parts.map(
    ({ labels, open }): GatheredPart => ({
      labels,
      open(facts) {
        const set = open(facts);
        const size = facts.shape[0] * facts.shape[1] * facts.shape[2];
        const pixels = sharedBytes(set.count * size);
        for (let i = 0; i < set.count; i++) pixels.set(set.image(i), i * size);
        return inMemory({ ...facts, count: set.count, labels, pixels });
      },
    }),
  );
  return { parts: loaded, ...rest };
}

function inSharedMemory(pixels: Uint8Array, labels: Uint16Array, stride: number): GatheredPart {
  const open = (facts: Facts) => {
    const size = facts.shape[0] * facts.shape[1] * facts.shape[2];
    const compact = size === stride ? pixels : firstBytes(pixels, stride, size);
    return inMemory({ ...facts, count: labels.length, labels, pixels: compact });
  };
  return { labels, open };
}

/** The first bytes of each image. */
function firstBytes(pixels: Uint8Array, stride: number, size: number): Uint8Array {
  const out = sharedBytes((pixels.length / stride) * size);
  for (let n = 0; n * size < out.length; n++) out.set(pixels.subarray(n * stride, n * stride + size), n * size);
  return out;
}
