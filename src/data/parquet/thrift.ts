// Thrift's compact protocol, as Parquet's headers use it, with every length checked against the bytes that are there.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

import { LIMITS } from "../../limits.ts";

/** A struct: its fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/**
 * Reads the struct at the start of `bytes`. Byte strings are views of `bytes`; integers beyond 2^53 are rounded.
 * @returns the struct, and where it ends
 * @throws Error where it breaks the format, passes the end, is too deep or has too many values
 */
export function readThrift(bytes: Uint8Array): { struct: ThriftStruct; end: number } {
  const reader = new Reader(bytes);
  return { struct: reader.struct(0), end: reader.at };
}

class Reader {
  readonly #bytes: Uint8Array;
  #values = 0;
  at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(depth: number): ThriftStruct {
    if (depth > LIMITS.thriftDepth) throw new Error(`it nests more than ${LIMITS.thriftDepth} deep`);
    const fields = new Map<number, ThriftValue>();
    let id = 0;
    for (let head = this.#byte(); (head & 15) !== 0; head = this.#byte()) {
      id = head >> 4 === 0 ? this.#integer() : id + (head >> 4);
      const type = head & 15;
      fields.set(id, type <= 2 ? type === 1 : this.#value(type, depth));
    }
    return fields;
  }

  #value(type: number, depth: number): ThriftValue {
    if (++this.#values > LIMITS.thriftValues) throw new Error(`it has more than ${LIMITS.thriftValues} values`);
    if (type <= 2) return this.#byte() === 1; // within a list
    if (type === 3) return (this.#byte() << 24) >> 24;
    if (type <= 6) return this.#integer();
    if (type === 7) return new DataView(this.#take(8).slice().buffer).getFloat64(0, true);
    if (type === 8) return this.#take(this.#unsigned());
    if (type === 9 || type === 10) return this.#list(depth + 1);
    if (type === 12) return this.struct(depth + 1);
    throw new Error(`it holds a value of type ${type}`);
  }

  #list(depth: number): readonly ThriftValue[] {
    if (depth > LIMITS.thriftDepth) throw new Error(`it nests more than ${LIMITS.thriftDepth} deep`);
    const head = this.#byte();
    const length = head >> 4 === 15 ? this.#unsigned() : head >> 4;
    if (length > this.#bytes.length - this.at) throw new Error(`a list of ${length} passes its end`);
    return Array.from({ length }, () => this.#value(head & 15, depth));
  }

  #integer(): number {
    const zigzag = this.#unsigned();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  #unsigned(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new Error("a number has more than 10 bytes");
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) throw new Error("it is cut off");
    return this.#bytes[this.at++];
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new Error(`${length} bytes pass its end`);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}
