// Pickles, Python's own format, as far as they hold data: a stack machine that makes values and runs nothing. All names
// that it knows are in pickleValues.ts. Format: https://docs.python.org/3/library/pickletools.html, PEP 307, 3154 and
// 574

import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { PickleInput } from "./input.ts";
import {
  build,
  call,
  Dtype,
  findGlobal,
  Global,
  type Item,
  invalid,
  isNpyArray,
  Part,
  type PickleExtension,
  type PickleValue,
} from "./values.ts";

const MAX_PROTOCOL = 5;

/**
 * Reads one pickle of protocol 0 to 5: numbers, text, bytes, lists, tuples, dicts and NumPy arrays of numbers. What
 * follows its end is not looked at. Nothing is ever run: a name other than those that make such values is refused. The
 * result is a tree at most 64 deep (parts may be shared, cycles are refused), and arrays take no more than a few times
 * the bytes of the pickle. Where it holds `bytes` themselves, these are a view of the input.
 * @throws DatadamError INVALID_DATA where the pickle is damaged, asks for another name, or is not as above
 */
export function decodePickle(bytes: Uint8Array): PickleValue {
  return runPickle(bytes).value;
}

/** {@link decodePickle}, where the pickle may hold more, and with the byte after its end. */
export function runPickle(bytes: Uint8Array, extension?: PickleExtension): { value: PickleValue; end: number } {
  const machine = new Machine(bytes, extension);
  for (;;) {
    const at = machine.input.at;
    const code = machine.input.u1();
    if (code === STOP) return { value: machine.result(), end: machine.input.at };
    const run = TABLE[code];
    if (run === undefined) throw invalid(`at byte ${at} is an unknown or forbidden operation, 0x${code.toString(16)}`);
    run(machine);
  }
}

class Machine {
  readonly input: PickleInput;
  readonly #stack: Item[] = [];
  /** Where on the stack each open list, tuple or dict begins. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Item>();
  #values = 0;
  #containers = 0;
  #budget: number;
  readonly extension: PickleExtension | undefined;
  constructor(bytes: Uint8Array, extension: PickleExtension | undefined) {
    this.extension = extension;
    this.input = new PickleInput(bytes);
    // Honest pickles copy their bytes twice: out of text (protocols 0 to 2), and into an array.
    this.#budget = 3 * bytes.length;
  }
  push(item: Item): void {
    this.#count();
    if (typeof item === "object" && item !== null && ++this.#containers > LIMITS.pickleContainers) {
      throw invalid(`it holds more than ${LIMITS.pickleContainers} lists, tuples, dicts and arrays`);
    }
    this.#stack.push(item);
  }
  pop(): Item {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0))
      throw invalid(`nothing is left to take at byte ${this.input.at}`);
    return this.#stack.pop() as Item;
  }
  top(): Item {
    const item = this.pop();
    this.#stack.push(item);
    return item;
  }
  mark(): void {
    if (this.#marks.push(this.#stack.length) > LIMITS.pickleMarks)
      throw invalid(`more than ${LIMITS.pickleMarks} marks are open`);
  }
  /** All since the last mark. */
  popMark(): Item[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw invalid(`a mark is missing at byte ${this.input.at}`);
    return this.#stack.splice(mark);
  }
  /** POP takes a mark where one is on top. */
  drop(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }
  tuple(length: number): void {
    const items = Array.from({ length }, () => this.pop());
    this.push(items.reverse());
  }
  append(items: readonly Item[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw invalid(`it appends to something that is not a list at byte ${this.input.at}`);
    for (const item of items) list.push(item);
  }
  setItems(pairs: readonly Item[]): void {
    const map = this.top();
    if (!(map instanceof Map))
      throw invalid(`it sets an item of something that is not a dict at byte ${this.input.at}`);
    fill(map, pairs);
  }
  get(index: number | bigint): void {
    const item = this.#memo.get(Number(index));
    if (item === undefined) throw invalid(`it asks for value ${index}, which it has not remembered`);
    this.#count();
    this.#stack.push(item);
  }
  put(index: number | bigint = this.#memo.size): void {
    this.#count();
    this.#memo.set(Number(index), this.top());
  }
  reduce(): void {
    const args = this.pop();
    this.push(call(this.pop(), args, this.#charge, this.extension));
  }
  persistent(id: Item): void {
    if (this.extension === undefined) throw forbidden("refers to an object outside of it");
    this.push(this.extension.persistent(id));
  }
  build(): void {
    const state = this.pop();
    build(this.top(), state, this.#charge, this.extension);
  }
  result(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) throw invalid("it ends with values left over");
    return checkedTree(value);
  }
  readonly #charge = (bytes: number): void => {
    this.#budget -= bytes;
    if (this.#budget < 0) throw invalid("it would unpack to far more than it holds");
  };
  #count(): void {
    if (++this.#values > LIMITS.pickleValues) throw invalid(`it holds more than ${LIMITS.pickleValues} values`);
  }
}

const STOP = ".".charCodeAt(0);
const forbidden = (what: string): DatadamError =>
  new DatadamError("INVALID_DATA", `The pickle was refused: it ${what}.`);
const forbid = (what: string) => () => {
  throw forbidden(what);
};

/** Operations by their character, named as in Python's pickletools. */
const OPERATIONS: Readonly<Record<string, (m: Machine) => void>> = {
  // PROTO, FRAME
  "\x80": (m) => {
    const protocol = m.input.u1();
    if (protocol > MAX_PROTOCOL) throw invalid(`its protocol is ${protocol}; read are 0 to ${MAX_PROTOCOL}`);
  },
  "\x95": (m) => void m.input.u8(),
  // MARK, POP, POP_MARK, DUP
  "(": (m) => m.mark(),
  "0": (m) => m.drop(),
  "1": (m) => void m.popMark(),
  "2": (m) => m.push(m.top()),
  // NONE, NEWTRUE, NEWFALSE
  N: (m) => m.push(null),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  // INT, LONG, BININT, BININT1, BININT2, LONG1, LONG4
  I: (m) => m.push(m.input.decimalOrFlag()),
  L: (m) => m.push(m.input.decimal()),
  J: (m) => m.push(m.input.i4()),
  K: (m) => m.push(m.input.u1()),
  M: (m) => m.push(m.input.u2()),
  "\x8a": (m) => m.push(m.input.long(m.input.u1())),
  "\x8b": (m) => m.push(m.input.long(m.input.i4())),
  // FLOAT, BINFLOAT
  F: (m) => m.push(m.input.float()),
  G: (m) => m.push(m.input.f8()),
  // STRING, BINSTRING, SHORT_BINSTRING: the str of Python 2
  S: (m) => m.push(m.input.quoted()),
  T: (m) => m.push(m.input.latin1(m.input.i4())),
  U: (m) => m.push(m.input.latin1(m.input.u1())),
  // UNICODE, SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
  V: (m) => m.push(m.input.escaped()),
  "\x8c": (m) => m.push(m.input.utf8(m.input.u1())),
  X: (m) => m.push(m.input.utf8(m.input.u4())),
  "\x8d": (m) => m.push(m.input.utf8(m.input.u8())),
  // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8, READONLY_BUFFER
  C: (m) => m.push(m.input.take(m.input.u1())),
  B: (m) => m.push(m.input.take(m.input.u4())),
  "\x8e": (m) => m.push(m.input.take(m.input.u8())),
  "\x96": (m) => m.push(m.input.take(m.input.u8())),
  "\x98": () => {},
  // EMPTY_LIST, LIST, APPEND, APPENDS
  "]": (m) => m.push([]),
  l: (m) => m.push(m.popMark()),
  a: (m) => m.append([m.pop()]),
  e: (m) => m.append(m.popMark()),
  // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  ")": (m) => m.push([]),
  t: (m) => m.push(m.popMark()),
  "\x85": (m) => m.tuple(1),
  "\x86": (m) => m.tuple(2),
  "\x87": (m) => m.tuple(3),
  // EMPTY_DICT, DICT, SETITEM, SETITEMS
  "}": (m) => m.push(new Map()),
  d: (m) => m.push(fill(new Map(), m.popMark())),
  s: (m) => m.setItems([m.pop(), m.pop()].reverse()),
  u: (m) => m.setItems(m.popMark()),
  // PUT, BINPUT, LONG_BINPUT, MEMOIZE, GET, BINGET, LONG_BINGET
  p: (m) => m.put(m.input.decimal()),
  q: (m) => m.put(m.input.u1()),
  r: (m) => m.put(m.input.u4()),
  "\x94": (m) => m.put(),
  g: (m) => m.get(m.input.decimal()),
  h: (m) => m.get(m.input.u1()),
  j: (m) => m.get(m.input.u4()),
  // GLOBAL, STACK_GLOBAL, REDUCE, BUILD
  c: (m) => m.push(findGlobal(m.input.text(), m.input.text(), m.extension)),
  "\x93": (m) => {
    const [name, module] = [m.pop(), m.pop()];
    if (typeof name !== "string" || typeof module !== "string") throw invalid("a name is not text");
    m.push(findGlobal(module, name, m.extension));
  },
  R: (m) => m.reduce(),
  b: (m) => m.build(),
  // INST names what it would make; OBJ, NEWOBJ, NEWOBJ_EX make objects of classes that were named before
  i: (m) => {
    const { name } = findGlobal(m.input.text(), m.input.text(), m.extension);
    throw invalid(`it makes an object of ${name}`);
  },
  o: forbid("makes an object of a class"),
  "\x81": forbid("makes an object of a class"),
  "\x92": forbid("makes an object of a class"),
  // PERSID, BINPERSID, EXT1, EXT2, EXT4, NEXT_BUFFER
  P: (m) => m.persistent(m.input.text()),
  Q: (m) => m.persistent(m.pop()),
  "\x82": forbid("refers to a registered extension"),
  "\x83": forbid("refers to a registered extension"),
  "\x84": forbid("refers to a registered extension"),
  "\x97": forbid("refers to a buffer outside of it"),
};

const TABLE = Array.from({ length: 256 }, (_, code) => OPERATIONS[String.fromCharCode(code)]);

function fill(map: Map<Item, Item>, pairs: readonly Item[]): Map<Item, Item> {
  if (pairs.length % 2 !== 0) throw invalid("a dict has a key without a value");
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  return map;
}

/** The value, if it is as `decodePickle` promises. Shared parts are looked at once. */
function checkedTree(root: Item): PickleValue {
  const heights = new Map<Item, number>();
  const height = (item: Item, level: number): number => {
    if (item instanceof Global || item instanceof Dtype || item instanceof Part) {
      const what = item instanceof Global ? `the name ${item.name}` : item instanceof Dtype ? "a dtype" : "a storage";
      throw invalid(`it holds ${what} where a value should be`);
    }
    if (typeof item !== "object" || item === null || item instanceof Uint8Array || isNpyArray(item)) return 0;
    const known = heights.get(item);
    if (known !== undefined) return known;
    if (level >= LIMITS.pickleDepth) throw tooDeep();
    heights.set(item, LIMITS.pickleDepth); // so that a cycle is too deep
    let highest = 0;
    for (const entry of item instanceof Map ? [...item.keys(), ...item.values()] : item) {
      highest = Math.max(highest, height(entry, level + 1) + 1);
      if (highest > LIMITS.pickleDepth) throw tooDeep();
    }
    heights.set(item, highest);
    return highest;
  };
  height(root, 0);
  return root as PickleValue;
}

function tooDeep(): DatadamError {
  return invalid(`it is more than ${LIMITS.pickleDepth} deep, or holds itself`);
}
