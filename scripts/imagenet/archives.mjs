// The published archives of ImageNet-1K, filled with JPEGs of noise: a tar of 1000 tars, a tar of validation images, and
// the two lists.

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

const { Key } = await import(new URL("../../dist/index.js", import.meta.url));

const BLOCK = 512;
/** Pictures that differ; they come again and again. */
const DIFFERENT = 32;

/**
 * JPEGs of noise, as large as is asked for.
 *
 * @param bytes about so many each: their quality is chosen by it.
 */
export async function noiseJpegs({ width, height, bytes }) {
  const key = Key.fromSeed(0).fold("noise");
  const raw = { width, height, channels: 3 };
  const pixels = (number) => {
    const stream = key.fold(number).stream();
    return Buffer.from(Uint32Array.from({ length: Math.ceil((3 * width * height) / 4) }, () => stream.uint32()).buffer);
  };
  const encode = (number, quality) =>
    sharp(pixels(number).subarray(0, 3 * width * height), { raw })
      .blur(0.8)
      .jpeg({ quality })
      .toBuffer();
  let best = { quality: 0, away: Number.POSITIVE_INFINITY };
  for (let quality = 10; quality <= 95; quality += 5) {
    const away = Math.abs((await encode(0, quality)).length - bytes);
    if (away < best.away) best = { quality, away };
  }
  const all = [];
  for (let number = 0; number < DIFFERENT; number++) all.push(await encode(number, best.quality));
  return all;
}

/** Writes the archives and lists of so many classes, with so many images of each, into a folder. */
export function writeArchives(folder, { classes, train, val, jpegs }) {
  mkdirSync(folder, { recursive: true });
  let next = 0;
  const picture = () => jpegs[next++ % jpegs.length];
  const synsets = Array.from({ length: classes }, (_, i) => `n${String(i + 1).padStart(8, "0")}`);
  writeTar(join(folder, "ILSVRC2012_img_train.tar"), function* () {
    for (const synset of synsets) {
      const files = Array.from({ length: train }, (_, i) => [`${synset}_${i}.JPEG`, picture()]);
      yield [`${synset}.tar`, tarOf(files)];
    }
  });
  writeTar(join(folder, "ILSVRC2012_img_val.tar"), function* () {
    for (let i = 1; i <= classes * val; i++) {
      yield [`ILSVRC2012_val_${String(i).padStart(8, "0")}.JPEG`, picture()];
    }
  });
  const truth = Array.from({ length: classes * val }, (_, i) => 1 + (i % classes));
  writeFileSync(join(folder, "ILSVRC2012_validation_ground_truth.txt"), `${truth.join("\n")}\n`);
  // Not the sorted order, as in the published kit.
  writeFileSync(join(folder, "synsets.txt"), `${synsets.toReversed().join("\n")}\n`);
}

function writeTar(file, members) {
  const out = openSync(file, "w");
  for (const [name, bytes] of members()) writeSync(out, memberOf(name, bytes));
  writeSync(out, Buffer.alloc(2 * BLOCK));
  closeSync(out);
}

function tarOf(files) {
  return Buffer.concat([...files.map(([name, bytes]) => memberOf(name, bytes)), Buffer.alloc(2 * BLOCK)]);
}

/** A file in an archive: its header, itself, zeros up to a whole block (ustar). */
function memberOf(name, bytes) {
  const header = Buffer.alloc(BLOCK);
  const octal = (value, length) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(bytes.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(" ".repeat(8), 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}
