// What size the pictures of a folder have, by the headers of a few.

import { opendir } from "node:fs/promises";
import { join } from "node:path";

/** Pictures that are looked at, entries of folders that are passed over meanwhile, folders in folders. */
const [LOOKED_AT, MOST_ENTRIES, DEPTH] = [20, 500, 4];

/**
 * Height by width of some pictures of a folder, such as `200 x 300 px`, or `200 x 300 to 480 x 640 px (20 looked at)`;
 * undefined for what is no folder, or holds none.
 */
export async function originalSizes(path: string): Promise<string | undefined> {
  const sizes: { readonly height: number; readonly width: number }[] = [];
  let sharp: typeof import("sharp").default | undefined;
  for await (const file of pictures(path, { entries: MOST_ENTRIES }, DEPTH)) {
    try {
      sharp ??= (await import("sharp")).default;
      const { autoOrient } = await sharp(file).metadata();
      sizes.push(autoOrient);
    } catch {
      // Reading the set says what is wrong with it.
    }
    if (sizes.length >= LOOKED_AT) break;
  }
  if (sizes.length === 0) return undefined;
  sizes.sort((a, b) => a.height * a.width - b.height * b.width);
  const [least, most] = [sizes[0]!, sizes.at(-1)!].map(({ height, width }) => `${height} x ${width}`);
  return least === most ? `${least} px` : `${least} to ${most} px (${sizes.length} looked at)`;
}

/** Pictures of a folder and of those in it, some of each. */
async function* pictures(path: string, left: { entries: number }, depth: number): AsyncGenerator<string> {
  const folders: string[] = [];
  let found = 0;
  try {
    for await (const entry of await opendir(path)) {
      if (left.entries-- <= 0 || found >= LOOKED_AT / 4) break;
      if (entry.isDirectory()) folders.push(entry.name);
      else if (entry.isFile() && /\.(png|jpe?g|webp)$/i.test(entry.name)) {
        found++;
        yield join(path, entry.name);
      }
    }
  } catch {
    return; // No folder, or none that can be read.
  }
  if (depth > 0) for (const name of folders.sort()) yield* pictures(join(path, name), left, depth - 1);
}
