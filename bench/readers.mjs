// Seconds of the processor and peak memory of each reader, on files that it makes itself, and those of another build
// beside it, in turn. Needs `npm run build`.
//
//   node bench/readers.mjs [--before DIR] [--repeats 3] [--only png,npz] [--record FILE]
//
// --before   the folder of another build, with dist/ and node_modules/

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const IMAGES = 400;
const SIDE = 96;
const CLASSES = 4;
/** Fifty megabytes of numbers. */
const NUMBERS = 12_000_000;
const numbers = Array.from({ length: IMAGES }, (_, i) => i);
const pathOf = (i, end) => `c${i % CLASSES}/${i}.${end}`;

const { values: flags, positionals } = parseArgs({
  options: {
    before: { type: "string" },
    repeats: { type: "string", default: "3" },
    only: { type: "string" },
    record: { type: "string" },
  },
  allowPositionals: true,
});

/** Arrays are of one size as they are. */
const ARRAYS = { size: undefined };

/** What is read: `make(folder)` writes the files, `read(api, folder)` reads them. */
const readers = {
  folder: { make: (folder) => writeAll(folder, pictures()), read: set("") },
  jpeg: { make: async (folder) => writeAll(folder, await jpegs()), read: set("") },
  zip: { make: async (folder) => write(folder, "s.zip", (await zipped(pictures())).bytes), read: set("s.zip") },
  tar: { make: async (folder) => write(folder, "s.tar", await tar(pictures())), read: set("s.tar") },
  csv: { make: (folder) => writeAll(folder, { ...pictures(), "s.csv": Buffer.from(table()) }), read: set("s.csv") },
  shards: { make: async (folder) => write(folder, "s/0.tar", await tar(shard())), read: set("s") },
  npz: { make: async (folder) => write(folder, "s.npz", await arrays("u1")), read: set("s.npz", ARRAYS) },
  parquet: { make: async (folder) => write(folder, "s.parquet", await parquet()), read: set("s.parquet") },
  cache: { make: (folder) => writeAll(folder, pictures()), read: set("", { store: "disk", cacheDir: "cache" }) },
  "decode-npz": { make: async (folder) => write(folder, "s.npz", await arrays("f4")), read: decoded("decodeNpz", "s.npz") },
  "decode-safetensors": { make: async (folder) => write(folder, "s", await safetensors()), read: decoded("decodeSafetensors", "s") },
  "decode-pt": { make: async (folder) => write(folder, "s.pt", await pt()), read: decoded("decodePt", "s.pt") },
  "decode-pickle": { make: (folder) => write(folder, "s", pickle()), read: decoded("decodePickle", "s") },
  "decode-csv": { make: (folder) => write(folder, "s", Buffer.from("a/b.png,c,train\n".repeat(3e5))), read: text("parseCsv", "s") },
}; // biome-ignore format: a line a reader

const PNGS = positionals.length > 0 ? [] : await encoded("png");
if (positionals.length > 0) await child(...positionals);
else await parent();

/** Reads once in a process of its own, and tells what that took. */
async function child(name, build, folder) {
  const at = (path) => import(pathToFileURL(join(build, "dist", path)).href);
  const api = { ...(await at("data/index.js")), ...(await at("formats/index.js")) };
  const { read } = readers[name];
  const before = process.cpuUsage();
  await read(api, folder);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 }));
}

async function parent() {
  const ours = fileURLToPath(new URL("..", import.meta.url));
  const builds = { ...(flags.before && { before: resolve(flags.before) }), now: ours };
  const root = mkdtempSync(join(tmpdir(), "datadam-readers-"));
  const rows = [];
  try {
    for (const name of flags.only?.split(",") ?? Object.keys(readers)) {
      const folder = join(root, name);
      mkdirSync(folder);
      await readers[name].make(folder);
      const taken = Object.fromEntries(Object.keys(builds).map((build) => [build, []]));
      for (let i = 0; i < Number(flags.repeats); i++) {
        for (const [build, path] of Object.entries(builds)) taken[build].push(once(name, path, folder));
      }
      const best = Object.fromEntries(Object.entries(taken).map(([build, all]) => [build, least(all)]));
      rows.push({ name, ...best });
      const told = Object.entries(best).map(
        ([build, { seconds, megabytes }]) => `${build} ${seconds} s ${megabytes} MB`,
      );
      console.log(`${name.padEnd(20)} ${told.join(", ")}`);
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  if (flags.record === undefined) return;
  const record = {
    what: "Seconds of the processor and peak MB of each reader, the least of the repeats, in a process of its own",
    command: `node bench/readers.mjs ${process.argv.slice(2).join(" ")}`,
    machine: { cpu: cpus()[0].model.trim().replace(/ \d.*/, ""), cores: cpus().length, node: process.version },
    readers: rows,
  };
  writeFileSync(flags.record, `${JSON.stringify(record, undefined, 1)}\n`);
}

function once(name, build, folder) {
  rmSync(join(folder, "cache"), { recursive: true, force: true });
  const script = fileURLToPath(import.meta.url);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, name, build, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout);
}

function least(all) {
  const of = (key, digits) => Number(Math.min(...all.map((one) => one[key])).toFixed(digits));
  return { seconds: of("seconds", 2), megabytes: of("megabytes", 0) };
}

function set(name, options = {}) {
  return (api, folder) => {
    const cache = options.cacheDir && { cacheDir: join(folder, options.cacheDir) };
    return api.loadDataset(join(folder, name), { size: 32, ...options, ...cache });
  };
}

function decoded(reader, name) {
  return (api, folder) => api[reader](readFileSync(join(folder, name)));
}

function text(reader, name) {
  return (api, folder) => api[reader](readFileSync(join(folder, name), "utf8"), name);
}

function write(folder, name, bytes) {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), bytes);
}

function writeAll(folder, files) {
  for (const [name, bytes] of Object.entries(files)) write(folder, name, bytes);
}

function pixels(i) {
  return Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, k) => (k * (i + 3) + (k >> 5)) & 255);
}

async function encoded(format) {
  const { default: sharp } = await import("sharp");
  const raw = { width: SIDE, height: SIDE, channels: 3 };
  return Promise.all(numbers.slice(0, 8).map((i) => sharp(pixels(i), { raw }).toFormat(format).toBuffer()));
}

function pictures() {
  return Object.fromEntries(numbers.map((i) => [pathOf(i, "png"), PNGS[i % 8]]));
}

async function jpegs() {
  const some = await encoded("jpeg");
  return Object.fromEntries(numbers.map((i) => [pathOf(i, "jpg"), some[i % 8]]));
}

function shard() {
  return Object.fromEntries(
    numbers.flatMap((i) => [
      [`${i}.png`, PNGS[i % 8]],
      [`${i}.cls`, Buffer.from(String(i % CLASSES))],
    ]),
  );
}

function table() {
  return `path,label\n${numbers.map((i) => `${pathOf(i, "png")},${i % CLASSES}\n`).join("")}`;
}

async function zipped(files) {
  const { zipSync } = await import("fflate");
  return { bytes: zipSync(files, { level: 0 }) };
}

async function tar(files) {
  const { pack } = await import("tar-stream");
  const stream = pack();
  for (const [name, bytes] of Object.entries(files)) stream.entry({ name }, bytes);
  stream.finalize();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function parquet() {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = [
    { name: "image", data: numbers.map((i) => PNGS[i % 8]), type: "BYTE_ARRAY" },
    { name: "label", data: numbers.map((i) => i % CLASSES), type: "INT32" },
  ];
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

async function arrays(dtype) {
  const { encodeNpz } = await import("../dist/formats/index.js");
  const count = NUMBERS / 3 / SIDE / SIDE;
  const labels = { dtype: "u1", shape: [Math.floor(count)], data: Uint8Array.from({ length: Math.floor(count) }, (_, i) => i % CLASSES) }; // biome-ignore format: one object
  const length = labels.shape[0] * 3 * SIDE * SIDE;
  const data = dtype === "u1" ? new Uint8Array(length).fill(7) : new Float32Array(length).fill(0.5);
  for (let i = 0; i < length; i += 7) data[i] = i % 251;
  return encodeNpz({ x_train: { dtype, shape: [labels.shape[0], 3, SIDE, SIDE], data }, y_train: labels });
}

async function safetensors() {
  const { encodeSafetensors } = await import("../dist/formats/index.js");
  return encodeSafetensors({ images: { dtype: "F32", shape: [NUMBERS], data: new Float32Array(NUMBERS) } });
}

async function pt() {
  const { encodePt } = await import("../dist/formats/index.js");
  return encodePt({ images: { dtype: "f4", shape: [NUMBERS], data: new Float32Array(NUMBERS).map((_, i) => i) } });
}

/** A list of 200,000 ints and texts. */
function pickle() {
  return Buffer.from(`\x80\x02](${"K\x05X\x03\0\0\0abc".repeat(100_000)}e.`, "latin1");
}
