// A stand-in for a large data set: classes of noise, as PNG files in class folders. Times do not depend on what is in a
// picture. Never committed.
//
//   node bench/standin.mjs OUT [--classes 1000] [--images 100] [--size 64]

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";

const { Key } = await import(new URL("../dist/index.js", import.meta.url));

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    classes: { type: "string", default: "1000" },
    images: { type: "string", default: "100" },
    size: { type: "string", default: "64" },
  },
});
const [out] = positionals;
if (out === undefined) throw new Error("usage: node bench/standin.mjs OUT [--classes N] [--images N] [--size PX]");
if (existsSync(out)) throw new Error(`${out} is there already`);
const [classes, images, size] = [flags.classes, flags.images, flags.size].map(Number);
const key = Key.fromSeed(0).fold("stand-in");
const raw = { width: size, height: size, channels: 3 };
for (let label = 0; label < classes; label++) {
  const folder = join(out, `class-${String(label).padStart(4, "0")}`);
  mkdirSync(folder, { recursive: true });
  const stream = key.fold(label).stream();
  const pictures = Array.from({ length: images }, (_, i) => {
    const words = Uint32Array.from({ length: (3 * size * size) / 4 }, () => stream.uint32());
    const pixels = Buffer.from(words.buffer);
    return sharp(pixels, { raw })
      .png({ compressionLevel: 0 })
      .toFile(join(folder, `${i}.png`));
  });
  await Promise.all(pictures);
}
