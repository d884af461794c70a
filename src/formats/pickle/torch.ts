// What a pickle of PyTorch's may make beside plain values and NumPy's: tensors on storages that lie outside of the
// pickle. The table CALLS is the whole list of names.
// Format: https://docs.pytorch.org/docs/stable/notes/serialization.html, torch/_utils.py, torch/serialization.py

import { fromBfloat16, fromHalf } from "../half.ts";
import { ARRAYS, elements, type NpyArray, type NpyArrays, type NpyDType } from "../npy.ts";
import { strided, swapBytes } from "../order.ts";
import { Global, type Item, invalid, isNpyArray, isShape, Part, type PickleExtension } from "./values.ts";

/** Elements as they lie in a file; halves are given as float32, booleans as 0 and 1. */
type Element = NpyDType | "f2" | "bf2";

/** Classes of storages: names only, which nothing is made of. */
const STORAGES: Readonly<Record<string, Element>> = {
  "torch.FloatStorage": "f4",
  "torch.DoubleStorage": "f8",
  "torch.HalfStorage": "f2",
  "torch.BFloat16Storage": "bf2",
  "torch.LongStorage": "i8",
  "torch.IntStorage": "i4",
  "torch.ShortStorage": "i2",
  "torch.CharStorage": "i1",
  "torch.ByteStorage": "u1",
  "torch.BoolStorage": "u1",
};

/** Numbers that tensors look into. */
class Storage extends Part {
  readonly key: string;
  readonly element: Element;
  readonly count: number;
  /** Undefined in a first reading, before it is known where they are. */
  readonly #bytes: Uint8Array | undefined;
  #values: NpyArrays[NpyDType] | undefined;
  constructor(key: string, element: Element, count: number, bytes: Uint8Array | undefined) {
    super();
    this.key = key;
    this.element = element;
    this.count = count;
    this.#bytes = bytes;
    if (bytes !== undefined && bytes.length !== count * itemSize(element)) {
      throw invalid(
        `storage "${key}" of ${count} ${element} needs ${count * itemSize(element)} bytes, but has ${bytes.length}`,
      );
    }
  }
  /** @param bigEndian of the file */
  values(bigEndian: boolean): NpyArrays[NpyDType] | undefined {
    if (this.#bytes === undefined) return undefined;
    this.#values ??= read(this.element, new Uint8Array(this.#bytes), bigEndian);
    return this.#values;
  }
}

export interface TorchOptions {
  /** The bytes of a storage; undefined in a first reading. Throws where there is none of this key. */
  readonly bytesOf: (key: string, element: Element, count: number) => Uint8Array | undefined;
  /** The most bytes that all tensors may take. */
  readonly maxBytes: number;
  readonly bigEndian: boolean;
}

/** Tensors for `decodePickle`. */
export function torchExtension({ bytesOf, maxBytes, bigEndian }: TorchOptions): PickleExtension {
  const storages = new Map<string, Storage>();
  let budget = maxBytes;
  const rebuild = (args: readonly Item[]): Item => {
    const [storage, offset, shape, strides] = args;
    if (!(storage instanceof Storage)) throw invalid("a tensor has no storage");
    if (!isShape([offset]) || !isShape(shape) || !isShape(strides) || strides.length !== shape.length) {
      throw invalid("a tensor's offset, sizes and strides are damaged");
    }
    const values = storage.values(bigEndian);
    if (values === undefined) return { dtype: "u1", shape: [0], data: new Uint8Array(0) };
    const last = shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis], offset as number);
    const count = elements(shape);
    if (count > 0 && last >= storage.count) {
      throw invalid(
        `a tensor [${shape}] with strides [${strides}] reaches element ${last} of storage "${storage.key}", ` +
          `which has ${storage.count}`,
      );
    }
    budget -= count * values.BYTES_PER_ELEMENT;
    if (!(budget >= 0)) throw invalid(`its tensors take more than the limit of ${maxBytes} bytes`);
    const dtype = arrayType(storage.element);
    return { dtype, shape: [...shape], data: strided(values, shape, strides, offset as number) } as NpyArray;
  };
  return {
    calls: { ...CALLS, "torch._utils._rebuild_tensor_v2": rebuild, "torch._utils._rebuild_tensor": rebuild },
    names: Object.keys(STORAGES),
    hint:
      "Tensors, NumPy arrays and plain values are read; a file that names anything else is not. " +
      "Save the tensors alone.",
    persistent: (id) => {
      const [kind, type, key, , count, view] = Array.isArray(id) ? id : [];
      if (kind !== "storage" || !(type instanceof Global) || !Object.hasOwn(STORAGES, type.name)) {
        throw invalid("it refers to something that is not a storage");
      }
      if (typeof key !== "string" || !isShape([count])) throw invalid("it refers to a storage without key or size");
      if (view !== undefined && view !== null) throw invalid(`storage "${key}" is a view of another`);
      const known = storages.get(key);
      const element = STORAGES[type.name];
      if (known !== undefined) {
        if (known.element !== element || known.count !== count)
          throw invalid(`storage "${key}" is described in two ways`);
        return known;
      }
      const storage = new Storage(key, element, count as number, bytesOf(key, element, count as number));
      storages.set(key, storage);
      return storage;
    },
  };
}

/** Bytes of an element. */
export function itemSize(element: Element): number {
  return element === "f2" || element === "bf2" ? 2 : ARRAYS[element].BYTES_PER_ELEMENT;
}

const CALLS: PickleExtension["calls"] = {
  "torch._utils._rebuild_parameter": ([tensor]) => {
    if (!isNpyArray(tensor)) throw invalid("a parameter is not a tensor");
    return tensor;
  },
  "torch.Size": ([sizes]) => {
    if (!isShape(sizes)) throw invalid("a torch.Size is not a tuple of sizes");
    return sizes;
  },
  "torch.device": ([type, index]) => {
    if (typeof type !== "string" || !(index === undefined || typeof index === "number"))
      throw invalid("a torch.device is not a name and a number");
    return index === undefined ? type : `${type}:${index}`;
  },
};

function arrayType(element: Element): NpyDType {
  return element === "f2" || element === "bf2" ? "f4" : element;
}

/** @param bytes of its own, which may be turned around */
function read(element: Element, bytes: Uint8Array<ArrayBuffer>, bigEndian: boolean): NpyArrays[NpyDType] {
  if (bigEndian) swapBytes(bytes, itemSize(element));
  if (element === "f2") return fromHalf(new Uint16Array(bytes.buffer));
  if (element === "bf2") return fromBfloat16(new Uint16Array(bytes.buffer));
  return new ARRAYS[element](bytes.buffer);
}
