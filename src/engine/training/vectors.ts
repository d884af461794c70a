// Arithmetic on long vectors of float32, four at a time in WebAssembly: a loop in JavaScript takes ten times as long. The same bits on
// every machine.

import type { Descent } from "../types.ts";

/** Floats of a block; three blocks stay in a core's cache. */
const BLOCK = 8192;
const BYTES = 4 * BLOCK;
/** Where the room for others begins, behind three blocks. */
const SCRATCH = 3 * BYTES;

interface Kernels {
  /** a += b; from addresses to the end of a. */
  add(a: number, b: number, end: number): void;
  /** v = momentum v + (g / count + weightDecay p); p -= lr v. */
  descend(
    p: number,
    v: number,
    g: number,
    end: number,
    lr: number,
    momentum: number,
    decay: number,
    share: number,
  ): void;
}

let module: WebAssembly.Module | undefined;

export class Vectors {
  /** Memory for what is to be worked on in place. */
  readonly scratch: Float32Array<ArrayBuffer>;
  readonly #kernels: Kernels;
  readonly #blocks: readonly Float32Array[];

  /** @param size of `scratch`, in floats. */
  constructor(size: number = 0) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((SCRATCH + 4 * size) / 65536) });
    const buffer = memory.buffer as ArrayBuffer;
    module ??= new WebAssembly.Module(moduleBytes());
    this.#kernels = new WebAssembly.Instance(module, { engine: { memory } }).exports as unknown as Kernels;
    this.#blocks = [0, 1, 2].map((i) => new Float32Array(buffer, i * BYTES, BLOCK));
    this.scratch = new Float32Array(buffer, SCRATCH, size);
  }

  /** `target += addend`. */
  add(target: Float32Array, addend: Float32Array): void {
    const [a, b] = this.#blocks;
    for (let start = 0; start < target.length; start += BLOCK) {
      const length = load(a, target, start);
      load(b, addend, start);
      this.#kernels.add(0, BYTES, 4 * length);
      store(target, a, start, length);
    }
  }

  /**
   * For all numbers `from` to `to`: `v = momentum v + (g / count + weightDecay p); p -= lr v`, where g is the sum of `gradients`, taken
   * from the first to the last.
   */
  descend(
    parameters: Float32Array,
    velocity: Float32Array,
    gradients: readonly Float32Array[],
    from: number,
    to: number,
    { lr, momentum, weightDecay, count }: Descent,
  ): void {
    const [p, v, g] = this.#blocks;
    const [first, ...rest] = gradients;
    for (let start = from; start < to; start += BLOCK) {
      const length = load(g, first, start, to);
      for (const part of rest) {
        load(p, part, start, to);
        this.#kernels.add(2 * BYTES, 0, 2 * BYTES + 4 * length);
      }
      load(p, parameters, start, to);
      load(v, velocity, start, to);
      this.#kernels.descend(0, BYTES, 2 * BYTES, 4 * length, lr, momentum, weightDecay, 1 / count);
      store(parameters, p, start, length);
      store(velocity, v, start, length);
    }
  }

  /** {@link descend} in `scratch`, where the three begin at these floats. */
  descendInPlace(
    [parameters, velocity, gradient]: readonly [number, number, number],
    length: number,
    { lr, momentum, weightDecay, count }: Descent,
  ): void {
    const [p, v, g] = [parameters, velocity, gradient].map((start) => SCRATCH + 4 * start);
    this.#kernels.descend(p, v, g, p + 4 * length, lr, momentum, weightDecay, 1 / count);
  }
}

function load(block: Float32Array, from: Float32Array, start: number, end: number = from.length): number {
  const part = from.subarray(start, Math.min(start + BLOCK, end));
  block.set(part);
  return part.length;
}

function store(into: Float32Array, block: Float32Array, start: number, length: number): void {
  into.set(block.subarray(0, length), start);
}

// The binary format of WebAssembly 2.0; https://webassembly.github.io/spec/core/binary.
const [I32, F32, V128] = [0x7f, 0x7d, 0x7b];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const simd = (...code: number[]): number[] => [0xfd, ...code];
const fetch = (address: number): number[] => [...get(address), ...simd(0x00, 4, 0)];
const put = (address: number, value: number[]): number[] => [...get(address), ...value, ...simd(0x0b, 4, 0)];
const splat = (local: number): number[] => [...get(local), ...simd(0x13)];
const plus = (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xe4, 0x01)];
const minus = (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xe5, 0x01)];
const times = (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xe6, 0x01)];
const advance = (address: number): number[] => [...get(address), 0x41, 16, 0x6a, ...set(address)];
/** Repeats `body` while the address is below the end; at least once. */
const until = (address: number, end: number, body: number[]): number[] => [
  ...[0x03, 0x40, ...body, ...get(address), ...get(end), 0x49, 0x0d, 0, 0x0b],
];

function addBody(): number[] {
  const [a, b, end] = [0, 1, 2];
  return until(a, end, [...put(a, plus(fetch(a), fetch(b))), ...advance(a), ...advance(b)]);
}

function descendBody(): number[] {
  const [p, v, g, end, lr, momentum, decay, share] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [lrs, momenta, decays, shares, x, w] = [8, 9, 10, 11, 12, 13];
  const scaled = times(fetch(g), get(shares));
  const next = plus(times(get(momenta), fetch(v)), plus(scaled, times(get(decays), get(x))));
  return [
    ...[...splat(lr), ...set(lrs), ...splat(momentum), ...set(momenta)],
    ...[...splat(decay), ...set(decays), ...splat(share), ...set(shares)],
    ...until(p, end, [
      ...[...fetch(p), ...set(x), ...next, ...set(w)],
      ...put(v, get(w)),
      ...put(p, minus(get(x), times(get(lrs), get(w)))),
      ...[...advance(p), ...advance(v), ...advance(g)],
    ]),
  ];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const sized = (content: number[]): number[] => [...unsigned(content.length), ...content];
  const section = (id: number, entries: number[][]): number[] => [id, ...sized([entries.length, ...entries.flat()])];
  const name = (text: string): number[] => sized([...new TextEncoder().encode(text)]);
  const type = (parameters: number[]): number[] => [0x60, ...sized(parameters), 0];
  const code = (locals: number[], body: number[]): number[] => sized([...locals, ...body, 0x0b]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type([I32, I32, I32]), type([I32, I32, I32, I32, F32, F32, F32, F32])]),
    ...section(2, [[...name("engine"), ...name("memory"), 2, 0, 0]]),
    ...section(3, [[0], [1]]),
    ...section(7, [
      [...name("add"), 0, 0],
      [...name("descend"), 0, 1],
    ]),
    ...section(10, [code([0], addBody()), code([1, 6, V128], descendBody())]),
  ]);
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
