// Reading the arguments of a pickle's operations: numbers, lines, lengths that may lie.

import { latin1 } from "../../bytes.ts";
import { LIMITS } from "../../limits.ts";
import { integer, invalid } from "./values.ts";

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  "\\": 92,
  "'": 39,
  '"': 34,
};

/** The bytes of a pickle, read from front to end. */
export class PickleInput {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength); // no Buffer
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  /** Where the next byte is. */
  get at(): number {
    return this.#at;
  }
  /** The next `length` bytes, which are not copied. */
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.#bytes.length - this.#at)) {
      throw invalid(`at byte ${this.#at} it promises ${length} bytes, but ${this.#bytes.length - this.#at} are left`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  u1(): number {
    return this.take(1)[0];
  }
  u2(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }
  u4(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }
  i4(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }
  /** A length of 8 bytes: inexact above 2^53, which is more than there is anyway. */
  u8(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }
  /** A double, which pickles store big-endian. */
  f8(): number {
    return this.#view.getFloat64(this.#skip(8));
  }
  latin1(length: number): string {
    return toLatin1(this.take(length));
  }
  /** Lone surrogates, which Python writes as they are, become U+FFFD. */
  utf8(length: number): string {
    return shortEnough(this.take(length), (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  }
  /** Two's complement, little-endian. */
  long(length: number): number | bigint {
    if (length > LIMITS.pickleIntegerBytes) throw invalid(`at byte ${this.#at} is an int of ${length} bytes`);
    const bytes = this.take(length);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).reverse();
    return length === 0 ? 0 : integer(BigInt.asIntN(8 * length, BigInt(`0x${hex.join("")}`)));
  }
  /** Up to the end of the line, which is left out. */
  line(): Uint8Array {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) throw invalid(`the line at byte ${this.#at} does not end`);
    const line = this.take(end - this.#at);
    this.#at++;
    return line;
  }
  text(): string {
    return toLatin1(this.line());
  }
  /** An int by digits, with the `L` of Python 2 or without. */
  decimal(text: string = this.text()): number | bigint {
    if (!/^[-+]?\d+L?$/.test(text) || text.length > LIMITS.pickleIntegerBytes)
      throw invalid(`${quote(text)} is not an int`);
    return integer(BigInt(text.replace(/^\+|L$/g, "")));
  }
  /** An int by digits, or `00` and `01` for False and True. */
  decimalOrFlag(): number | bigint | boolean {
    const text = this.text();
    return text === "00" || text === "01" ? text === "01" : this.decimal(text);
  }
  /** A float as `repr` writes it. */
  float(): number {
    const text = this.text();
    const special = { inf: Infinity, "-inf": -Infinity, nan: NaN }[text];
    if (special !== undefined) return special;
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) || text.length > 1000)
      throw invalid(`${quote(text)} is not a float`);
    return Number(text);
  }
  /** A `str` of Python 2 as `repr` writes it, with quotes and escapes. */
  quoted(): string {
    const line = this.line();
    const quote = line[0];
    if (line.length < 2 || (quote !== 39 && quote !== 34) || line.at(-1) !== quote)
      throw invalid("a str has no quotes");
    const out = new Uint8Array(line.length);
    let length = 0;
    for (let i = 1; i < line.length - 1; i++) {
      if (line[i] !== 92) out[length++] = line[i];
      else if (line[++i] === 120) {
        const hex = toLatin1(line.subarray(i + 1, i + 3));
        if (!/^[\da-f]{2}$/i.test(hex) || i + 3 > line.length - 1) throw invalid("a str has a damaged escape");
        out[length++] = Number.parseInt(hex, 16);
        i += 2;
      } else {
        const code = ESCAPES[String.fromCharCode(line[i])];
        if (code === undefined || i === line.length - 1) throw invalid("a str has an unknown escape");
        out[length++] = code;
      }
    }
    return toLatin1(out.subarray(0, length));
  }
  /** Text by latin1 with `\uXXXX` and `\UXXXXXXXX`. */
  escaped(): string {
    return this.text().replaceAll(/\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g, (all, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long ?? "", 16);
      if (code > 0x10ffff) throw invalid(`${quote(all)} is not a character`);
      return String.fromCodePoint(code);
    });
  }
  #skip(length: number): number {
    this.take(length);
    return this.#at - length;
  }
}

function toLatin1(bytes: Uint8Array): string {
  return shortEnough(bytes, latin1);
}

/** No string of JavaScript is longer than 2^29 - 24. */
function shortEnough(bytes: Uint8Array, decode: (bytes: Uint8Array) => string): string {
  if (bytes.length > 2 ** 29 - 24) throw invalid(`it holds a str of ${bytes.length} bytes, more than can be read`);
  return decode(bytes);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 50));
}
