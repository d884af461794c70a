// Deterministic damage: the same key gives the same bytes.

import { crc32 } from "node:zlib";

/** Numbers from 0 up to `n` (excluded), drawn by splitmix32 from a text. */
export function random(text) {
  let state = crc32(Buffer.from(text));
  return (n) => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return Math.floor((((z ^ (z >>> 15)) >>> 0) / 2 ** 32) * n);
  };
}

const WORDS = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 2n ** 24n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]; // biome-ignore format: one list
const TEXTS = ["0", "-1", "1e999", "NaN", "4294967295", "99999999999999999999", "", "../", "\0", "[[[[[[[[", '"', "ÿ"];

/** One to four kinds of damage, mostly one, on a copy of `bytes`; `other` is what may be spliced in. */
export function mutate(bytes, other, draw) {
  let out = Buffer.from(bytes);
  for (let times = 1 + draw(2) * draw(4); times > 0; times--) {
    const kinds = draw(8) === 0 ? COARSE : FINE;
    out = kinds[draw(kinds.length)](out, other, draw);
  }
  return out;
}

const cut = (bytes, from, to, middle) => Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);
const noise = (draw, most) => Buffer.from(Array.from({ length: 1 + draw(most) }, () => draw(256)));
/** A stretch of the bytes; headers at both ends are hit more often than their share. */
const stretch = (bytes, draw, most) => {
  const length = Math.min(bytes.length, 1 + draw(most));
  const room = bytes.length - length + 1;
  const near = Math.min(room, 128);
  const from = [() => draw(room), () => draw(near), () => room - 1 - draw(near)][draw(3)]();
  return [from, from + length];
};

const FINE = [
  function flip(bytes, _, draw) {
    for (let n = 1 + draw(8), [at] = stretch(bytes, draw, 1); n > 0 && bytes.length > 0; n--, at = draw(bytes.length)) {
      bytes[at] ^= 1 << draw(8);
    }
    return bytes;
  },
  function overwrite(bytes, _, draw) {
    const [from, to] = stretch(bytes, draw, 8);
    return cut(bytes, from, to, noise(draw, to - from || 1));
  },
  function insert(bytes, _, draw) {
    const [at] = stretch(bytes, draw, 1);
    return cut(bytes, at, at, noise(draw, 64));
  },
  function remove(bytes, _, draw) {
    const [from, to] = stretch(bytes, draw, 64);
    return cut(bytes, from, to, Buffer.alloc(0));
  },
  function repeat(bytes, _, draw) {
    const [from, to] = stretch(bytes, draw, 1024);
    const block = bytes.subarray(from, to);
    return cut(bytes, to, to, Buffer.concat(Array.from({ length: 1 + draw(8) }, () => block)));
  },
  function extreme(bytes, _, draw) {
    const word = Buffer.alloc(8);
    const value = WORDS[draw(WORDS.length)];
    if (draw(2) === 0) word.writeBigUInt64LE(value);
    else word.writeBigUInt64BE(value);
    const width = [1, 2, 4, 8][draw(4)];
    const part = draw(2) === 0 ? word.subarray(0, width) : word.subarray(8 - width);
    const [at] = stretch(bytes, draw, 1);
    return cut(bytes, at, Math.min(bytes.length, at + width), part);
  },
  function varint(bytes, _, draw) {
    const [at] = stretch(bytes, draw, 1);
    const most = Buffer.from([...new Array(draw(10)).fill(0xff), draw(128)]);
    return cut(bytes, at, Math.min(bytes.length, at + (draw(2) === 0 ? most.length : 1)), most);
  },
  function textNumber(bytes, _, draw) {
    const found = [...bytes.toString("latin1").matchAll(/\d+/g)];
    if (found.length === 0) return bytes;
    const { index, 0: digits } = found[draw(Math.min(found.length, 200))];
    const text = Buffer.from(TEXTS[draw(TEXTS.length)]);
    // Either of the same length, as fields of a tar have it, or of its own.
    if (draw(2) === 0) return cut(bytes, index, index + digits.length, text);
    const field = Buffer.alloc(digits.length, "7");
    return cut(bytes, index, index + digits.length, field);
  },
];

const COARSE = [
  (bytes, _, draw) => bytes.subarray(0, draw(bytes.length + 1)), // truncated
  (bytes, _, draw) => bytes.subarray(draw(Math.min(64, bytes.length + 1))), // beheaded
  function splice(bytes, other, draw) {
    return Buffer.concat([bytes.subarray(0, draw(bytes.length + 1)), other.subarray(draw(other.length + 1))]);
  },
];

/** Makes the checksums of tar headers right, so that damage behind them is reached. */
export function mendTar(bytes) {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString("latin1", at + 257, at + 262) !== "ustar") continue;
    bytes.fill(0x20, at + 148, at + 156);
    const sum = bytes.subarray(at, at + 512).reduce((a, b) => a + b, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  }
  return bytes;
}

/** Makes the checksums of PNG chunks right. */
export function mendPng(bytes) {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return bytes;
}

/** Makes the checksums of stored zip entries right. */
export function mendZip(bytes) {
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  for (let at = bytes.indexOf("PK\x01\x02", 0, "latin1"); at >= 0 && at < end; ) {
    const [size, local] = at + 46 <= bytes.length ? [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)] : [0, 0];
    if (local + 30 <= bytes.length && bytes.readUInt16LE(at + 10) === 0) {
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      bytes.writeUInt32LE(crc32(bytes.subarray(start, start + size)), at + 16);
    }
    at = bytes.indexOf("PK\x01\x02", at + 4, "latin1");
  }
  return bytes;
}
