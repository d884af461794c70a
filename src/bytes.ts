// Bytes copied out of what a caller gave (whose `slice` may copy nothing), bytes and floats joined, and bytes as text
// of one character each.

/** A copy of bytes `from` to `to` in memory of its own. */
export function copyBytes(bytes: Uint8Array, from: number, to: number = bytes.length): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(to - from);
  out.set(bytes.subarray(from, to));
  return out;
}

/** All of them, one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** All of them, one after the other. */
export function concatFloats(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Text of one character a byte, U+0000 to U+00FF. */
export function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 4096) {
    pieces.push(String.fromCharCode.apply(null, bytes.subarray(at, at + 4096) as unknown as number[]));
  }
  return pieces.join("");
}
