// What a pickle may make: plain values and NumPy's arrays. The table CALLS is the whole list of names that a pickle may
// use; each is a function of ours that makes data, never Python's.

import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { ARRAYS, elements, type NpyArray, type NpyDType } from "../npy.ts";
import { rowMajor, swapBytes } from "../order.ts";

/**
 * A value of Python. `int` is a number where it is a safe integer and else a bigint; `str` is a string, that of Python
 * 2 by latin1; `bytes` and `bytearray` are a Uint8Array; lists and tuples are arrays; dicts are maps; NumPy's `bool`
 * arrays are `u1`.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | NpyArray
  | readonly PickleValue[]
  | ReadonlyMap<PickleValue, PickleValue>;

/** A name that the pickle refers to, e.g. `numpy.dtype`. */
export class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** NumPy's type of elements, until an array is made of it. */
export class Dtype {
  readonly code: NpyDType | "b1";
  bigEndian = false;
  constructor(code: NpyDType | "b1") {
    this.code = code;
  }
  get array(): NpyDType {
    return this.code === "b1" ? "u1" : this.code;
  }
}

/** What an extension needs to make values; not a value itself. */
export abstract class Part {}

/** What lies on the machine's stack. */
export type Item =
  | Exclude<PickleValue, readonly PickleValue[] | ReadonlyMap<PickleValue, PickleValue>>
  | Global
  | Dtype
  | Part
  | Item[]
  | Map<Item, Item>;

/** Takes how many bytes are about to be made; throws where they are too many. */
export type Charge = (bytes: number) => void;

type Call = (args: readonly Item[], charge: Charge) => Item;

/** More that a pickle may hold, where it is part of a format of its own. */
export interface PickleExtension {
  /** Names that may be called, and what is made then. */
  readonly calls: Readonly<Record<string, Call>>;
  /** Names that may be referred to only. */
  readonly names: readonly string[];
  /** What an object outside of the pickle is, by its id. */
  readonly persistent: (id: Item) => Item;
  /** Said where another name is refused. */
  readonly hint: string;
}

const HINT =
  "Only plain values and NumPy arrays are read; a pickle that runs code is not. Save the arrays as .npz instead.";
const NDARRAY = "numpy.ndarray";
/** Names that may be referred to only: what an array is made as, and what a defaultdict would make. */
const NAMES: readonly string[] = [
  NDARRAY,
  ...["int", "float", "list", "dict", "set", "str"].flatMap((type) => [`builtins.${type}`, `__builtin__.${type}`]),
];
const WIDE = /[\u0100-\uffff]/;

const CALLS: Readonly<Record<string, Call>> = {
  "numpy.core.multiarray._reconstruct": reconstruct,
  "numpy._core.multiarray._reconstruct": reconstruct,
  "numpy.core.multiarray.scalar": scalar,
  "numpy._core.multiarray.scalar": scalar,
  "numpy.core.numeric._frombuffer": fromBuffer,
  "numpy._core.numeric._frombuffer": fromBuffer,
  "numpy.dtype": dtype,
  "_codecs.encode": encode,
  "collections.OrderedDict": orderedDict,
  "collections.defaultdict": defaultDict,
  "__builtin__.bytes": emptyBytes,
  "builtins.bytes": emptyBytes,
};

/** @throws DatadamError INVALID_DATA where the name is not one that a pickle of data needs */
export function findGlobal(module: string, name: string, extension?: PickleExtension): Global {
  const full = `${module}.${name}`;
  if (!NAMES.includes(full) && callOf(full, extension) === undefined && !extension?.names.includes(full)) {
    throw new DatadamError(
      "INVALID_DATA",
      `The pickle was refused: it asks for ${JSON.stringify(full.slice(0, 200))}.`,
      {
        hint: extension?.hint ?? HINT,
      },
    );
  }
  return new Global(full);
}

function callOf(name: string, extension: PickleExtension | undefined): Call | undefined {
  if (Object.hasOwn(CALLS, name)) return CALLS[name];
  return extension !== undefined && Object.hasOwn(extension.calls, name) ? extension.calls[name] : undefined;
}

/** What `callable(*args)` is in Python, for the few callables that there are. */
export function call(callable: Item, args: Item, charge: Charge, extension?: PickleExtension): Item {
  const made = callable instanceof Global ? callOf(callable.name, extension) : undefined;
  if (!(callable instanceof Global) || made === undefined) {
    throw invalid(`it calls ${callable instanceof Global ? callable.name : "something that is not a name"}`);
  }
  if (!Array.isArray(args)) throw invalid(`it calls ${callable.name} without a tuple of arguments`);
  return made(args, charge);
}

/** Gives an object its state, as `__setstate__` does: that of a dtype or an array. */
export function build(target: Item, state: Item, charge: Charge, extension?: PickleExtension): void {
  if (target instanceof Dtype) {
    const [, order, ...structure] = Array.isArray(state) ? state.slice(0, 5) : [];
    if (order !== "<" && order !== ">" && order !== "|") throw invalid("a dtype has an unknown byte order");
    if (structure.length < 3 || structure.some((part) => part !== null)) {
      throw invalid("a dtype is structured; read are plain numbers");
    }
    target.bigEndian = order === ">";
  } else if (isNpyArray(target)) {
    const [, shape, type, columns, raw] = Array.isArray(state) && state.length === 5 ? state : [];
    if (typeof columns !== "boolean" && columns !== 0 && columns !== 1) throw invalid("an array's state is damaged");
    Object.assign(target, makeArray(raw, type, shape, Boolean(columns), charge));
  } else if (extension !== undefined && target instanceof Map && state instanceof Map) {
    // Attributes of an OrderedDict, such as the versions that a state_dict carries: no part of its items.
  } else throw invalid("it sets the state of what is neither an array nor a dtype");
}

/** Whether a value is an array of NumPy's. */
export function isNpyArray(value: Item | PickleValue | undefined): value is NpyArray {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value;
}

function reconstruct([type]: readonly Item[]): Item {
  if (!(type instanceof Global) || type.name !== NDARRAY)
    throw invalid("it reconstructs something other than a numpy.ndarray");
  return { dtype: "u1", shape: [0], data: new Uint8Array(0) }; // until its state comes
}

function fromBuffer([raw, type, shape, order]: readonly Item[], charge: Charge): Item {
  if (order !== "C" && order !== "F") throw invalid("an array's order is neither C nor F");
  return makeArray(raw, type, shape, order === "F", charge);
}

function scalar([type, raw]: readonly Item[], charge: Charge): Item {
  const value = makeArray(raw, type, [], false, charge).data[0];
  if ((type as Dtype).code === "b1") return value !== 0;
  return typeof value === "bigint" ? integer(value) : value;
}

function dtype([code]: readonly Item[]): Item {
  if (code !== "b1" && !(typeof code === "string" && Object.hasOwn(ARRAYS, code))) {
    throw invalid(
      `an array's dtype is ${JSON.stringify(typeof code === "string" ? code.slice(0, 50) : null)}; ` +
        `read are b1, ${Object.keys(ARRAYS).join(", ")}`,
    );
  }
  return new Dtype(code as NpyDType | "b1");
}

function encode([text, encoding]: readonly Item[], charge: Charge): Item {
  if (typeof text !== "string" || encoding !== "latin1") throw invalid("it encodes otherwise than text by latin1");
  return latin1(text, charge);
}

/** What it makes of a missing key is not read. */
function defaultDict([factory, ...rest]: readonly Item[]): Item {
  if (rest.length > 0 || !(factory instanceof Global || factory === null || factory === undefined)) {
    throw invalid("a defaultdict is not made of a type");
  }
  return new Map();
}

function orderedDict([pairs]: readonly Item[], charge: Charge): Item {
  if (pairs === undefined) return new Map();
  if (Array.isArray(pairs)) charge(4 * pairs.length); // a pair has so many bytes in a pickle at least
  if (!Array.isArray(pairs) || !pairs.every((pair): pair is [Item, Item] => Array.isArray(pair) && pair.length === 2)) {
    throw invalid("an OrderedDict is not made of pairs");
  }
  return new Map(pairs);
}

function emptyBytes(args: readonly Item[]): Item {
  if (args.length > 0) throw invalid("it calls bytes with arguments");
  return new Uint8Array(0);
}

function makeArray(
  raw: Item | undefined,
  type: Item | undefined,
  shape: Item | undefined,
  columns: boolean,
  charge: Charge,
): NpyArray {
  if (!(type instanceof Dtype)) throw invalid("an array has no dtype");
  if (typeof raw !== "string" && !(raw instanceof Uint8Array)) throw invalid("an array's data are not bytes");
  if (!isShape(shape)) throw invalid("an array's shape is not a tuple of sizes");
  const size = ARRAYS[type.array].BYTES_PER_ELEMENT;
  const needed = elements(shape) * size;
  if (raw.length !== needed)
    throw invalid(`${type.code} [${shape}] needs ${needed} bytes, but there are ${raw.length}`);
  const bytes = typeof raw === "string" ? latin1(raw, charge) : copy(raw, charge);
  if (type.bigEndian) swapBytes(bytes, size);
  const data = new ARRAYS[type.array](bytes.buffer);
  if (columns && shape.length > 1) charge(needed);
  return {
    dtype: type.array,
    shape: [...shape],
    data: columns && shape.length > 1 ? rowMajor(data, shape) : data,
  } as NpyArray;
}

/** Whole numbers from 0 on, as many as an array may have axes. */
export function isShape(shape: Item | undefined): shape is number[] {
  return (
    Array.isArray(shape) &&
    shape.length <= LIMITS.axes &&
    shape.every((n) => typeof n === "number" && Number.isSafeInteger(n) && n >= 0)
  );
}

function latin1(text: string, charge: Charge): Uint8Array<ArrayBuffer> {
  charge(text.length); // first: looking at it takes time, and it may be asked for again and again
  if (WIDE.test(text)) throw invalid("bytes are given as text that is not latin1");
  const out = new Uint8Array(text.length);
  for (let i = 0; i < out.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

function copy(raw: Uint8Array, charge: Charge): Uint8Array<ArrayBuffer> {
  charge(raw.length);
  return new Uint8Array(raw);
}

/** An `int`: a number where that is exact. */
export function integer(value: bigint): number | bigint {
  return BigInt.asIntN(54, value) === value && value !== -(2n ** 53n) ? Number(value) : value;
}

/** The error of everything here. */
export function invalid(what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a pickle that can be read: ${what}.`);
}
