// Images decoded into shared memory.

import { type Corrupt, readOrSkip, type Skipped } from "../decode/corrupt.ts";
import { type DecodedImage, writePlanes } from "../decode/decode.ts";
import { type Facts, type Gathered, type GatheredPart, labelled } from "../decode/gather.ts";
import { addMislabelled, mislabelOf, NONE_MISLABELLED } from "../decode/mislabelled.ts";
import { inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";
import type { Part } from "../layout/layout.ts";
import { mapInOrder } from "../mapInOrder.ts";

/** Decodes parts, class by class, as `channels` planes of `size` by `size` bytes. */
export async function decodeToMemory(
  parts: readonly Part[],
  image: (path: string) => Promise<DecodedImage>,
  channels: 1 | 3,
  size: number,
  corrupt: Corrupt,
): Promise<Gathered> {
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
