// PyTorch's .pt and .pth as `torch.save` writes them: a zip of a pickle and its storages, or (before version 1.6)
// pickles in a row, followed by the storages. Nothing in them is ever run.

import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { readZip } from "../zip.ts";
import { runPickle } from "./pickle.ts";
import { itemSize, type TorchOptions, torchExtension } from "./torch.ts";
import type { PickleValue } from "./values.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * Reads a file of `torch.save`: tensors as arrays (row-major; half precision as float32, booleans as `u1`), and the
 * plain values, NumPy arrays, lists, tuples and dicts around them, as `decodePickle` gives them.
 *
 * @param options.maxBytes refuse files that unpack to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged or too large, a storage has not the size that is said of
 *   it, a tensor reaches outside of its storage, or the pickle names anything but tensors and plain values
 */
export function decodePt(bytes: Uint8Array, options: { maxBytes?: number } = {}): PickleValue {
  const maxBytes = options.maxBytes ?? 2 ** 30;
  assertHasContent(bytes);
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? fromZip(bytes, maxBytes) : fromPickles(bytes, maxBytes);
}

function fromZip(bytes: Uint8Array, maxBytes: number): PickleValue {
  const files = new Map<string, Uint8Array>();
  for (const { name, data } of readZip(bytes, { maxBytes })) files.set(name, data);
  const roots = [...files.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name)).map((name) => name.split("/")[0]);
  if (roots.length !== 1) throw invalid("it holds no data.pkl");
  const [root] = roots;
  if (files.has(`${root}/constants.pkl`)) throw invalid("it is a TorchScript program, not tensors");
  const order = new TextDecoder().decode(files.get(`${root}/byteorder`) ?? new Uint8Array(0)).trim() || "little";
  if (order !== "little" && order !== "big") throw invalid(`its byte order is ${JSON.stringify(order.slice(0, 20))}`);
  const bytesOf: TorchOptions["bytesOf"] = (key) => {
    const data = files.get(`${root}/data/${key}`);
    if (data === undefined) throw invalid(`storage ${JSON.stringify(key.slice(0, 50))} is missing`);
    return data;
  };
  const total = [...files.values()].reduce((sum, data) => sum + data.length, 0);
  const options = { bytesOf, maxBytes: mostOfTensors(total, maxBytes), bigEndian: order === "big" };
  return runPickle(files.get(`${root}/data.pkl`)!, torchExtension(options)).value;
}

/** What tensors on so many bytes may take: they may share numbers, but a few bytes do not make gigabytes. */
function mostOfTensors(bytes: number, maxBytes: number): number {
  return Math.min(maxBytes, Math.max(LIMITS.unpackFreely, LIMITS.tensorRatio * bytes));
}

/** Read twice: the storages, which follow the pickle that refers to them, are found by what it says of them. */
function fromPickles(bytes: Uint8Array, most: number): PickleValue {
  const maxBytes = mostOfTensors(bytes.length, most);
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = runPickle(bytes.subarray(at));
    at += end;
    return value;
  };
  const start = first(next);
  // A pickle of plain values and NumPy's arrays, by the name of a .pt.
  if (typeof start === "object" && start !== null && at === bytes.length) return start;
  if (start !== MAGIC) throw invalid("it begins neither as a zip nor as torch.save begins");
  if (next() !== PROTOCOL) throw invalid("its protocol is unknown");
  const system = next();
  const little = system instanceof Map ? system.get("little_endian") : undefined;
  if (typeof little !== "boolean") throw invalid("it does not say its byte order");
  const bigEndian = !little;
  const body = bytes.subarray(at);
  const sizes = new Map<string, number>();
  const seek: TorchOptions["bytesOf"] = (key, element, count) => {
    sizes.set(key, count * itemSize(element));
    return undefined;
  };
  at += runPickle(body, torchExtension({ bytesOf: seek, maxBytes, bigEndian })).end;
  const found = storagesBehind(bytes, next(), () => at, sizes, bigEndian);
  const bytesOf: TorchOptions["bytesOf"] = (key) => {
    const data = found.get(key);
    if (data === undefined) throw invalid(`storage ${JSON.stringify(key.slice(0, 50))} is missing`);
    return data;
  };
  return runPickle(body, torchExtension({ bytesOf, maxBytes, bigEndian })).value;
}

function storagesBehind(
  bytes: Uint8Array,
  keys: PickleValue,
  start: () => number,
  sizes: ReadonlyMap<string, number>,
  bigEndian: boolean,
): Map<string, Uint8Array> {
  if (!Array.isArray(keys)) throw invalid("the list of its storages is missing");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  let at = start();
  for (const key of keys as PickleValue[]) {
    const size = typeof key === "string" ? sizes.get(key) : undefined;
    if (size === undefined) throw invalid("it lists a storage that no tensor has");
    if (at + 8 + size > bytes.length) {
      throw invalid(`storage "${key}" promises ${size} bytes, but ${Math.max(0, bytes.length - at - 8)} are left`);
    }
    const count = view.getBigInt64(at, !bigEndian);
    if (count < 0n || Number(count) > size) throw invalid(`storage "${key}" says that it has ${count} elements`);
    found.set(key as string, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return found;
}

/** What is not a pickle at all is reported as not a file of PyTorch. */
function first(next: () => PickleValue): PickleValue {
  try {
    return next();
  } catch (cause) {
    if (cause instanceof DatadamError && cause.message.includes("refused")) throw cause;
    throw invalid("it begins neither as a zip nor as torch.save begins", cause);
  }
}

/** @throws DatadamError INVALID_DATA where it is something else that such files often are. */
function assertHasContent(bytes: Uint8Array): void {
  if (bytes.length === 0) throw invalid("it is empty");
  if (new TextDecoder().decode(bytes.subarray(0, 40)).startsWith("version https://git-lfs")) {
    throw new DatadamError("INVALID_DATA", "It is a pointer of Git LFS, not the file.", {
      hint: "Fetch the file itself: git lfs pull",
    });
  }
}

function invalid(what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a .pt file that can be read: ${what}.`, { cause });
}
