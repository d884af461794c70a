// Keys: names for random streams. A key is a 128-bit state, derived from a seed and a path of parts, and never changes.
//
// Construction (frozen: changing it changes every stream; the golden tests hold it in place).
//   absorb(H, m)  = philox4x32-10(counter = H, key = m) xor H            H 128 bits, m 64 bits (Davies-Meyer)
//   fromSeed(s)   = absorb(absorb(0, [SEED, 8]), [s mod 2^32, s div 2^32])
//   fold(number)  = absorb [NUMBER, 8], then the 8 bytes of its IEEE-754 double (-0 counts as 0)
//   fold(string)  = absorb [STRING, byte length], then its UTF-8 bytes, 8 at a time, the last block zero-padded
//   stream        : H' = absorb(H, [STREAM, 0]); block i =
//                   philox(counter = [i mod 2^32, i div 2^32, H'2, H'3], key = [H'0, H'1])
// Words are little-endian. Each part starts with its type and its length, so no two paths are encoded alike.

import { DatadamError } from "../errors.ts";
import { philox4x32 } from "./philox.ts";
import { Stream } from "./stream.ts";

const SEED = 1;
const NUMBER = 2;
const STRING = 3;
const STREAM = 4;

type State = readonly [number, number, number, number];

const encoder = new TextEncoder();
const block = new Uint32Array(4);
const double = new DataView(new ArrayBuffer(8));

/** An immutable name for one stream of random numbers: a seed and a path of parts. Equal paths give equal streams. */
export class Key {
  readonly #state: State;

  private constructor(state: State) {
    this.#state = state;
  }

  /**
   * The root key of a seed.
   * @param seed an integer in [0, 2^53 - 1]
   * @throws DatadamError INVALID_OPTION where the seed is anything else
   */
  static fromSeed(seed: number): Key {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new DatadamError("INVALID_OPTION", `The seed must be an integer of 0 or more, but it is ${String(seed)}.`, {
        hint: `Give a whole number between 0 and ${Number.MAX_SAFE_INTEGER}, for instance 0.`,
      });
    }
    const head = absorb([0, 0, 0, 0], SEED, 8);
    return new Key(absorb(head, seed >>> 0, Math.floor(seed / 2 ** 32)));
  }

  /**
   * The key one or more parts further down the path; `fold(a, b)` is `fold(a).fold(b)`. A number differs from its
   * decimal string: `fold(1)` is not `fold("1")`.
   * @throws RangeError where a number is not finite, TypeError where a part is neither number nor string
   */
  fold(...parts: (string | number)[]): Key {
    let state = this.#state;
    for (const part of parts) state = absorbPart(state, part);
    return new Key(state);
  }

  /** A new stream from the start of this key's sequence: every call returns the same numbers anew. */
  stream(): Stream {
    return new Stream(absorb(this.#state, STREAM, 0));
  }
}

function absorb(state: State, low: number, high: number): State {
  philox4x32(block, state[0], state[1], state[2], state[3], low, high);
  return [block[0] ^ state[0], block[1] ^ state[1], block[2] ^ state[2], block[3] ^ state[3]];
}

function absorbPart(state: State, part: string | number): State {
  if (typeof part === "number") {
    if (!Number.isFinite(part)) throw new RangeError(`Key.fold: a number must be finite, not ${part}`);
    double.setFloat64(0, part + 0, true); // + 0 turns -0 into 0
    return absorb(absorb(state, NUMBER, 8), double.getUint32(0, true), double.getUint32(4, true));
  }
  if (typeof part !== "string")
    throw new TypeError(`Key.fold: a part must be a string or a number, not ${typeof part}`);
  const bytes = encoder.encode(part);
  let next = absorb(state, STRING, bytes.length);
  for (let at = 0; at < bytes.length; at += 8) next = absorb(next, word(bytes, at), word(bytes, at + 4));
  return next;
}

function word(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 4 && at + i < bytes.length; i++) value |= bytes[at + i] << (8 * i);
  return value;
}
