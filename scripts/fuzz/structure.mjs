// Files that are whole as bytes and hostile in structure: parts that are shared or overlap, sizes and strides that lie,
// values in values, packed zeros. Each function draws one; the same draws give the same bytes.

import { constants, crc32, deflateRawSync } from "node:zlib";

const SIZES = [0, 1, 2, 3, 4, 7, 8, 16, 64, 255, 256, 1000, 65_535, 65_536, 2 ** 20, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 2 ** 53 - 1, 2 ** 53]; // biome-ignore format: one list
const TYPES = ["F32", "F64", "F16", "BF16", "U8", "I8", "I64", "I32", "BOOL", "U64", "Q", "constructor"];
const DESCRS = ["<f4", "<f8", "|u1", "<i8", "<i4", "|b1", ">f4", "|O", "<f2", "<U9"];
const NAMES = ["images", "labels", "x_train", "y_train", "x", "y", "data", "whitened", "__proto__", "toString", "", "a/b", "\u001b[2J", "pixels", "soft_labels"]; // biome-ignore format: one list
const pick = (list, draw) => list[draw(list.length)];
const latin1 = (text) => Buffer.from(text, "latin1");
const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));
/** A size: mostly a small one, now and then any. */
const size = (draw) => (draw(4) > 0 ? draw(5) : pick(SIZES, draw));
const shape = (draw) => times(pick([0, 1, 1, 2, 3, 4, 4, 5, 33], draw), () => size(draw));

/** JSON text of values in values; broken now and then. */
export function json(draw, depth = pick([2, 3, 5, 65, 3000], draw)) {
  if (depth > 10) {
    const open = pick(["[", '{"a":', '[{"images":'], draw);
    const close = { "[": "]", '{"a":': "}", '[{"images":': "}]" }[open];
    return open.repeat(depth) + pick(["1", "null", '"x"', "{}"], draw) + (draw(8) > 0 ? close.repeat(depth) : "");
  }
  const leaf = () => pick(["0", "-1", "1e999", "null", "true", '""', '"\\u0000"', '"__proto__"', "1.5", String(pick(SIZES, draw))], draw); // biome-ignore format: one list
  if (depth <= 0 || draw(3) === 0) return leaf();
  const parts = times(draw(5), () => json(draw, depth - 1 - draw(2)));
  return draw(2) === 0
    ? `[${parts.join()}]`
    : `{${parts.map((part) => `${JSON.stringify(pick(NAMES, draw))}:${part}`).join()}}`;
}

/** Tensors whose ranges follow each other, overlap, leave holes or lie about their sizes. */
export function safetensors(draw) {
  const body = pick([0, 64, 4096, 2 ** 20], draw);
  let at = 0;
  const tensors = times(pick([0, 1, 2, 3, 300], draw), (i) => {
    const length = Math.min(body, draw(3) > 0 ? 4 * draw(64) : pick(SIZES, draw));
    const begin = draw(4) > 0 ? at : draw(body + 1);
    at = begin + length;
    const [dtype, wide] = draw(3) > 0 ? ["F32", 4] : [pick(TYPES, draw), 1];
    const dims = draw(3) > 0 ? [length / wide] : shape(draw);
    const entry = draw(12) === 0 ? json(draw) : JSON.stringify({ dtype, shape: dims, data_offsets: [begin, at] });
    return `${JSON.stringify(draw(2) === 0 ? pick(NAMES, draw) : `t${i}`)}:${entry}`;
  });
  if (draw(2) === 0)
    tensors.unshift(`"__metadata__":${draw(2) === 0 ? json(draw) : '{"whitened":"true","format":"x"}'}`);
  const header = draw(20) === 0 ? json(draw) : `{${tensors.join()}}`;
  const bytes = Buffer.alloc(8 + Buffer.byteLength(header) + (draw(4) > 0 ? at % 2 ** 22 : body));
  bytes.writeBigUInt64LE(draw(12) === 0 ? BigInt(pick(SIZES, draw)) : BigInt(Buffer.byteLength(header)));
  bytes.write(header, 8);
  return bytes;
}

/** An .npy whose header says what is there, or anything. */
export function npy(draw, most = 2 ** 26) {
  const { head, zeros } = npyParts(draw, most);
  return Buffer.concat([head, Buffer.alloc(zeros)]);
}

/** Such a file as its header and the number of zeros behind it. */
function npyParts(draw, most) {
  const dims = shape(draw);
  const descr = pick(DESCRS, draw);
  const count = dims.reduce((a, b) => a * b, 1) * Number(descr.at(-1) === "O" ? 8 : descr.slice(2));
  const zeros = draw(3) > 0 && count <= most ? count : pick([0, 1, 64, 4096, most], draw);
  const text = `{'descr': '${descr}', 'fortran_order': ${pick(["False", "True"], draw)}, 'shape': (${dims.join(", ")},), }`;
  const head = Buffer.alloc(10 + Math.max(text.length + 1, 118), " ");
  head.write("\x93NUMPY\x01\0", "latin1");
  head.writeUInt16LE(draw(12) === 0 ? draw(65_536) : head.length - 10, 8);
  head.write(text, 10);
  return { head, zeros: Number.isFinite(zeros) ? zeros : 0 };
}

const ZEROS = Buffer.alloc(2 ** 25);
/** The head of a gzip file. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
const packedZeros = new Map();

/** Bytes with zeros behind them, deflated: packed zeros are kept, since making them takes most of the time. */
function deflated(head, zeros) {
  if (zeros < 4096) return deflateRawSync(Buffer.concat([head, ZEROS.subarray(0, zeros)]), { level: 9 });
  if (!packedZeros.has(zeros)) packedZeros.set(zeros, deflateRawSync(ZEROS.subarray(0, zeros), { level: 9 }));
  return Buffer.concat([deflateRawSync(head, { finishFlush: constants.Z_FULL_FLUSH }), packedZeros.get(zeros)]);
}

/**
 * A zip, deflated or stored, whose entries may share their bytes, lie about sizes and come twice.
 *
 * @param files [name, bytes, number of zeros behind them]
 */
export function zip(draw, files) {
  const parts = [];
  let end = 0;
  const places = files.map(([name, head, zeros = 0]) => {
    const method = pick([0, 8, 8], draw);
    const packed = method === 8 ? [deflated(head, zeros)] : [head, ZEROS.subarray(0, zeros)];
    const length = packed.reduce((sum, part) => sum + part.length, 0);
    const crc = crc32(ZEROS.subarray(0, zeros), crc32(head));
    const local = Buffer.alloc(30 + Buffer.byteLength(name));
    local.write("PK\x03\x04", "latin1");
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    local.write(name, 30);
    parts.push(local, ...packed);
    const place = { name, method, crc, packed: length, size: head.length + zeros, at: end };
    end += local.length + length;
    return place;
  });
  // Names of the same bytes: a few, or thousands.
  const more =
    draw(3) === 0 ? times(pick([1, 3, 3000], draw), (i) => ({ ...pick(places, draw), name: `${i}.npy` })) : [];
  const entries = [...places, ...more].map(({ name, method, crc, packed, size: unpacked, at }) => {
    const lies = draw(10) === 0;
    const entry = Buffer.alloc(46 + Buffer.byteLength(name));
    entry.write("PK\x01\x02", "latin1");
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(packed, 20);
    entry.writeUInt32LE(lies ? Math.min(2 ** 32 - 1, pick(SIZES, draw)) : unpacked, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(lies && draw(2) === 0 ? draw(end + 1) : at, 42);
    entry.write(name, 46);
    return entry;
  });
  const directory = Buffer.concat(entries);
  const tail = Buffer.alloc(22);
  tail.write("PK\x05\x06", "latin1");
  tail.writeUInt16LE(entries.length, 8);
  tail.writeUInt16LE(entries.length, 10);
  tail.writeUInt32LE(directory.length, 12);
  tail.writeUInt32LE(end, 16);
  return Buffer.concat([...parts, directory, tail]);
}

/** An .npz of arrays, of zeros too, by names that are looked for. */
export function npz(draw) {
  const files = times(1 + draw(4), () => {
    const name = `${pick(NAMES, draw)}${pick([".npy", ".npy", ".npy", ".txt"], draw)}`;
    const { head, zeros } = npyParts(draw, 2 ** 23);
    return [name, head, zeros];
  });
  return zip(draw, files);
}

const int = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value)));
  return `J${bytes.toString("latin1")}`;
};
const string = (text) => `X${int(Buffer.byteLength(text)).slice(1)}${Buffer.from(text).toString("latin1")}`;
const tuple = (items) => `(${items.join("")}t`;

/** Operations of a pickle that push one value: shared parts, keys of any kind, marks, tensors of any view. */
function value(draw, depth, torch, memo) {
  const deeper = () => value(draw, depth - 1, torch, memo);
  const remember = (text) => {
    if (memo.count >= 255 || draw(2) === 0) return text;
    return `${text}q${String.fromCharCode(memo.count++)}`;
  };
  const recall = () => (memo.count === 0 ? "N" : `h${String.fromCharCode(draw(memo.count))}`);
  const leaf = () => pick(["N", "\x88", "K\x05", "]", "}", ")", string(pick(NAMES, draw)), int(size(draw)), `C\x03abc`, "G\x7f\xf0\0\0\0\0\0\0"], draw); // biome-ignore format: one list
  if (depth <= 0) return draw(3) === 0 ? recall() : leaf();
  const kinds = [
    leaf,
    recall,
    () => remember(tuple(times(draw(4), deeper))),
    () => remember(`](${times(draw(4), deeper).join("")}e`),
    () =>
      remember(`}(${times(draw(4), () => (draw(3) > 0 ? string(pick(NAMES, draw)) : deeper()) + deeper()).join("")}u`),
    () => `${deeper()}${recall()}\x86`, // shared
    () => shared(draw, memo),
    () => (torch ? remember(tensor(draw)) : `cnumpy.core.multiarray\n_reconstruct\n${tuple(["cnumpy\nndarray\n", tuple([int(0)]), "C\x01b"])}R`), // biome-ignore format: one call
    () => `ccollections\nOrderedDict\n${tuple([`](${times(draw(3), () => `${deeper()}${deeper()}\x86`).join("")}e`])}R`,
  ];
  return pick(kinds, draw)();
}

/** A tuple of the last twice, and so on: as text it is 2^depth long. */
function shared(draw, memo) {
  const depth = Math.min(pick([3, 30, 60, 70], draw), 250 - memo.count);
  if (depth <= 0) return "N";
  const first = memo.count;
  memo.count += depth;
  const at = (i) => String.fromCharCode(first + i);
  const steps = times(depth - 1, (i) => `0h${at(i)}h${at(i)}\x86q${at(i + 1)}`);
  return `)q${at(0)}${steps.join("")}`;
}

function tensor(draw) {
  const type = pick(["FloatStorage", "ByteStorage", "LongStorage", "HalfStorage", "BoolStorage"], draw);
  const count = draw(3) > 0 ? 16 : size(draw);
  const storage = `${tuple([string("storage"), `ctorch\n${type}\n`, string(String(draw(3))), string("cpu"), int(count)])}Q`;
  const dims = shape(draw);
  const strides = dims.map((_, axis) =>
    draw(3) > 0 ? dims.slice(axis + 1).reduce((a, b) => a * b, 1) : pick([0, 0, 1, 3], draw),
  );
  const args = [storage, int(draw(4) > 0 ? 0 : size(draw)), tuple(dims.map(int)), tuple(strides.map(int)), "\x89", "ccollections\nOrderedDict\n)R"]; // biome-ignore format: one list
  return `ctorch._utils\n_rebuild_tensor_v2\n${tuple(args)}R`;
}

/** A pickle of plain values and arrays. */
export function pickle(draw, torch = false) {
  const depth = pick([1, 2, 3, 4, 6], draw);
  const wrapped = pick([0, 0, 0, 63, 64, 65, 5000], draw);
  const memo = { count: 0 };
  // Now and then a dict whose key is of shared parts.
  const inner =
    draw(6) === 0 ? `}${shared(draw, memo)}${value(draw, 1, torch, memo)}s` : value(draw, depth, torch, memo);
  return latin1(`\x80\x02${inner}${pick(["\x85", `]\x86`], draw).repeat(wrapped)}.`);
}

/** A .pt: such a pickle with storages of zeros. */
export function pt(draw) {
  const storages = times(3, (i) => [`x/data/${i}`, Buffer.alloc(pick([16, 64, 64, 128, 2 ** 20], draw))]);
  return zip(draw, [["x/data.pkl", pickle(draw, true)], ["x/version", latin1("3\n")], ...storages]);
}

/** An IDX file whose sizes lie; gzipped now and then, where it may be. */
export function idx(draw, mayPack = true) {
  const dims = shape(draw).map((n) => Math.min(n, 2 ** 32 - 1));
  const count = dims.reduce((a, b) => a * b, 1);
  const head = Buffer.alloc(4 + 4 * dims.length);
  head.set([0, 0, pick([8, 9, 11, 12, 13, 14, 7], draw), dims.length & 255]);
  for (const [axis, n] of dims.entries()) head.writeUInt32BE(n, 4 + 4 * axis);
  const zeros = count <= ZEROS.length && draw(3) > 0 ? count : draw(5000);
  if (!mayPack || draw(2) > 0) return Buffer.concat([head, ZEROS.subarray(0, zeros)]);
  const sums = Buffer.alloc(8);
  sums.writeUInt32LE(crc32(ZEROS.subarray(0, zeros), crc32(head)));
  sums.writeUInt32LE(head.length + zeros, 4);
  return Buffer.concat([GZIP, deflated(head, zeros), sums]);
}

/** Blocks of a file (a tar's, a page's) dropped, doubled, exchanged. */
export function blocks(bytes, draw, length = 512) {
  const all = times(Math.ceil(bytes.length / length), (i) => bytes.subarray(i * length, (i + 1) * length));
  for (let n = 1 + draw(3); n > 0 && all.length > 0; n--) {
    const [from, to] = [draw(all.length), draw(all.length + 1)];
    const kind = draw(3);
    if (kind === 0) all.splice(from, 1 + draw(3));
    else if (kind === 1) all.splice(to, 0, ...all.slice(from, from + 1 + draw(4)));
    else [all[from], all[to % all.length]] = [all[to % all.length], all[from]];
  }
  return Buffer.concat(all);
}

/** Chunks of a PNG dropped, doubled, exchanged, or of sizes that lie. */
export function png(bytes, draw) {
  const chunks = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    chunks.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  const [from, to] = [draw(chunks.length), draw(chunks.length)];
  const kind = draw(4);
  if (kind === 0) chunks.splice(from, 1);
  else if (kind === 1) chunks.splice(to, 0, ...times(pick([1, 2, 2000], draw), () => chunks[from]));
  else if (kind === 2) [chunks[from], chunks[to]] = [chunks[to], chunks[from]];
  else chunks[0].writeUInt32BE(Math.min(2 ** 32 - 1, pick(SIZES, draw)), 8 + 4 * draw(2));
  return Buffer.concat([bytes.subarray(0, 8), ...chunks]);
}

/** Lines of text doubled, exchanged, joined, made endless. */
export function lines(bytes, draw) {
  const all = bytes.toString("latin1").split("\n");
  const [from, to] = [draw(all.length), draw(all.length)];
  const kind = draw(5);
  if (kind === 0) all.splice(to, 0, ...times(pick([1, 3, 20_000], draw), () => all[from]));
  else if (kind === 1) [all[from], all[to]] = [all[to], all[from]];
  else if (kind === 2) all[from] = all[from].repeat(pick([2, 1000], draw));
  else if (kind === 3) all[from] = `"${"a,".repeat(draw(1000))}"${",".repeat(draw(3))}`;
  else all.splice(from, 1);
  return latin1(all.join("\n"));
}
