// What a pickle of PyTorch's may make beside plain values and NumPy's: tensors on storages that lie outside of the pickle. The table
// CALLS is the whole list of names.
// Format: https://docs.pytorch.org/docs/stable/notes/serialization.html, torch/_utils.py, torch/serialization.py
import { fromBfloat16, fromHalf } from "./half.js";
import { ARRAYS, elements } from "./npy.js";
import { strided, swapBytes } from "./order.js";
import { Global, invalid, isNpyArray, isShape, Part } from "./pickleValues.js";
/** Classes of storages: names only, which nothing is made of. */
const STORAGES = {
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
export class Storage extends Part {
    key;
    element;
    count;
    /** Undefined in a first reading, before it is known where they are. */
    #bytes;
    #values;
    constructor(key, element, count, bytes) {
        super();
        this.key = key;
        this.element = element;
        this.count = count;
        this.#bytes = bytes;
        if (bytes !== undefined && bytes.length !== count * itemSize(element)) {
            throw invalid(`storage "${key}" of ${count} ${element} needs ${count * itemSize(element)} bytes, but has ${bytes.length}`);
        }
    }
    /** @param bigEndian of the file */
    values(bigEndian) {
        if (this.#bytes === undefined)
            return undefined;
        this.#values ??= read(this.element, new Uint8Array(this.#bytes), bigEndian);
        return this.#values;
    }
}
/** Tensors for `decodePickle`. */
export function torchExtension({ bytesOf, maxBytes, bigEndian }) {
    const storages = new Map();
    let budget = maxBytes;
    const rebuild = (args) => {
        const [storage, offset, shape, strides] = args;
        if (!(storage instanceof Storage))
            throw invalid("a tensor has no storage");
        if (!isShape([offset]) || !isShape(shape) || !isShape(strides) || strides.length !== shape.length) {
            throw invalid("a tensor's offset, sizes and strides are damaged");
        }
        const values = storage.values(bigEndian);
        if (values === undefined)
            return { dtype: "u1", shape: [0], data: new Uint8Array(0) };
        const last = shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis], offset);
        const count = elements(shape);
        if (count > 0 && last >= storage.count) {
            throw invalid(`a tensor [${shape}] with strides [${strides}] reaches element ${last} of storage "${storage.key}", which has ${storage.count}`);
        }
        budget -= count * values.BYTES_PER_ELEMENT;
        if (!(budget >= 0))
            throw invalid(`its tensors take more than the limit of ${maxBytes} bytes`);
        const dtype = arrayType(storage.element);
        return { dtype, shape: [...shape], data: strided(values, shape, strides, offset) };
    };
    return {
        calls: { ...CALLS, "torch._utils._rebuild_tensor_v2": rebuild, "torch._utils._rebuild_tensor": rebuild },
        names: Object.keys(STORAGES),
        hint: "Tensors, NumPy arrays and plain values are read; a file that names anything else is not. Save the tensors alone.",
        persistent: (id) => {
            const [kind, type, key, , count, view] = Array.isArray(id) ? id : [];
            if (kind !== "storage" || !(type instanceof Global) || !Object.hasOwn(STORAGES, type.name)) {
                throw invalid("it refers to what is no storage");
            }
            if (typeof key !== "string" || !isShape([count]))
                throw invalid("it refers to a storage without key or size");
            if (view !== undefined && view !== null)
                throw invalid(`storage "${key}" is a view of another`);
            const known = storages.get(key);
            const element = STORAGES[type.name];
            if (known !== undefined) {
                if (known.element !== element || known.count !== count)
                    throw invalid(`storage "${key}" is described in two ways`);
                return known;
            }
            const storage = new Storage(key, element, count, bytesOf(key, element, count));
            storages.set(key, storage);
            return storage;
        },
    };
}
/** Bytes of an element. */
export function itemSize(element) {
    return element === "f2" || element === "bf2" ? 2 : ARRAYS[element].BYTES_PER_ELEMENT;
}
const CALLS = {
    "torch._utils._rebuild_parameter": ([tensor]) => {
        if (!isNpyArray(tensor))
            throw invalid("a parameter is no tensor");
        return tensor;
    },
    "torch.Size": ([sizes]) => {
        if (!isShape(sizes))
            throw invalid("a torch.Size is no tuple of sizes");
        return sizes;
    },
};
function arrayType(element) {
    return element === "f2" || element === "bf2" ? "f4" : element;
}
/** @param bytes of its own, which may be turned around */
function read(element, bytes, bigEndian) {
    if (bigEndian)
        swapBytes(bytes, itemSize(element));
    if (element === "f2")
        return fromHalf(new Uint16Array(bytes.buffer));
    if (element === "bf2")
        return fromBfloat16(new Uint16Array(bytes.buffer));
    return new ARRAYS[element](bytes.buffer);
}
//# sourceMappingURL=torch.js.map