// Snappy, the compression that Parquet files have most often.
// https://github.com/google/snappy/blob/main/format_description.txt

const MOST = 64 / 3; // a copy of 64 bytes takes 3

/**
 * Unpacks one block.
 * @param size bytes that it must unpack to
 * @throws Error where it says or gives anything else
 */
export function unpackSnappy(packed: Uint8Array, size: number): Uint8Array {
  let at = 0;
  const number = (bytes: number): number => {
    if (at + bytes > packed.length) throw new Error("it is cut off");
    let value = 0;
    for (let i = 0; i < bytes; i++) value += packed[at++] * 256 ** i;
    return value;
  };
  let declared = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = number(1);
    declared += (byte & 127) * scale;
    if (byte < 128) break;
    if (scale >= 2 ** 28) throw new Error("its size has more than 5 bytes");
  }
  if (declared !== size) throw new Error(`it says that it has ${declared} bytes, not ${size}`);
  if (size > packed.length * MOST) throw new Error(`${packed.length} bytes cannot unpack to ${size}`);
  const out = new Uint8Array(size);
  let n = 0;
  while (at < packed.length) {
    const tag = number(1);
    const kind = tag & 3;
    const wide = tag >> 2;
    const length = kind === 0 ? (wide < 60 ? wide : number(wide - 59)) + 1 : kind === 1 ? (wide & 7) + 4 : wide + 1;
    if (length > size - n) throw new Error(`it unpacks to more than ${size} bytes`);
    if (kind === 0) {
      if (length > packed.length - at) throw new Error("it is cut off");
      out.set(packed.subarray(at, at + length), n);
      at += length;
    } else {
      const offset = kind === 1 ? (tag >> 5) * 256 + number(1) : number(kind === 2 ? 2 : 4);
      if (offset === 0 || offset > n) throw new Error(`it copies from ${offset} bytes before byte ${n}`);
      for (let i = n; i < n + length; i++) out[i] = out[i - offset]; // may overlap
    }
    n += length;
  }
  if (n !== size) throw new Error(`it unpacks to ${n} bytes, not ${size}`);
  return out;
}
