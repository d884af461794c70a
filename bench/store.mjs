// Sets on the disk: decoding into the cache, opening it again, and the memory of a distillation from it.
//
//   node bench/store.mjs [--images 100000] [--classes 100] [--size 32] [--out records/store.json] [--keep DIR]
//
// Makes a folder of class folders, half PNG, half JPEG (in DIR, which is kept, or a temporary one). Needs a build, and
// Linux for the peak memory (/proc).

import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const { decodeImage } = await import(new URL("data/decode/decode.js", root));
const { eachInOrder } = await import(new URL("data/mapInOrder.js", root));

const { values: flags } = parseArgs({
  options: {
    images: { type: "string", default: "100000" },
    classes: { type: "string", default: "100" },
    size: { type: "string", default: "32" },
    out: { type: "string", default: "records/store.json" },
    keep: { type: "string" },
  },
});
const [count, classes, size] = [flags.images, flags.classes, flags.size].map(Number);
const folder = flags.keep ?? mkdtempSync(join(tmpdir(), "store-"));
const [set, cache] = [join(folder, "set"), join(folder, "cache")];
if (!existsSync(set)) await makeSet();
rmSync(cache, { recursive: true, force: true });

const load = loadavg()[0];
const decoding = { png: await rates("png"), jpeg: await rates("jpg") };
const info = ["data", "info", set, "--size", String(size), "--store", "disk"];
const cold = await datadam(info);
const warm = await datadam(info);
const open = await datadam(
  [],
  `
  const { loadDataset } = await import(${JSON.stringify(new URL("data/index.js", root).href)});
  const started = performance.now();
  const { train } = await loadDataset(${JSON.stringify(set)}, { size: ${size}, store: "disk" });
  const loaded = performance.now();
  const { fingerprint } = await import(${JSON.stringify(new URL("run/index.js", root).href)});
  fingerprint(train);
  const hashed = performance.now();
  let state = 1;
  const reads = [];
  for (let batch = 0; batch < 50; batch++) {
    const from = performance.now();
    for (let i = 0; i < 128; i++) train.image((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % train.count);
    reads.push(performance.now() - from);
  }
  console.log(JSON.stringify({ load: (loaded - started) / 1000, fingerprint: (hashed - loaded) / 1000,
    millisecondsToRead128: reads.sort((a, b) => a - b)[25] }));
`,
);
const distil = (store) => [
  ...["distill", "--dataset", set, "--size", String(size), "--store", store, "--classes", "0-9", "--preset", "paper"],
  ...["--ipc", "1", "--iterations", "5", "--out", join(folder, `run-${store}`)],
];
for (const store of ["disk", "memory"]) rmSync(join(folder, `run-${store}`), { recursive: true, force: true });
const disk = await datadam(distil("disk"));
const memory = await datadam(distil("memory"));
const bytes = (store) => readFileSync(join(folder, `run-${store}`, "synthetic.safetensors"));

const record = {
  what:
    `A folder of ${count} images of ${size} x ${size} px (half PNG, half JPEG) in ${classes} classes, ` +
    "kept on the disk",
  command: "node bench/store.mjs",
  machine: { cpu: cpus()[0].model, cores: availableParallelism(), node: process.version, loadBefore: load },
  imagesPerSecondDecoded: { byHowManyAtOnce: decoding },
  intoTheCache: {
    seconds: cold.seconds,
    imagesPerSecond: count / (cold.seconds - warm.seconds),
    cacheBytes: statSync(join(cache, readdirSync(cache)[0])).size,
    peakMemoryBytes: cold.peak,
  },
  fromTheCache: { seconds: JSON.parse(open.stdout), dataInfoSeconds: warm.seconds },
  distillOf10Classes: {
    disk: { seconds: disk.seconds, peakMemoryBytes: disk.peak },
    memory: { seconds: memory.seconds, peakMemoryBytes: memory.peak },
    sameBytes: bytes("disk").equals(bytes("memory")),
  },
};
const text = `${JSON.stringify(record, null, 2)}\n`;
mkdirSync(dirname(flags.out), { recursive: true });
writeFileSync(flags.out, text);
process.stdout.write(text);
if (flags.keep === undefined) rmSync(folder, { recursive: true });

async function makeSet() {
  const pad = (n, width) => String(n).padStart(width, "0");
  for (let c = 0; c < classes; c++) mkdirSync(join(set, `class-${pad(c, 4)}`), { recursive: true });
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  await eachInOrder(
    Array.from({ length: count }, (_, i) => i),
    async (i) => {
      const [r, g, b] = [random(), random(), random()];
      const raw = Buffer.alloc(size * size * 3);
      for (let p = 0; p < size * size; p++) {
        const shade = ((p % size) + Math.floor(p / size)) / (2 * size);
        [r, g, b].forEach((tint, c) => {
          raw[3 * p + c] = 230 * tint * shade + 25 * random();
        });
      }
      const image = sharp(raw, { raw: { width: size, height: size, channels: 3 } });
      const [format, extension] = i % 2 === 0 ? ["png", "png"] : ["jpeg", "jpg"];
      const name = `class-${pad(i % classes, 4)}/${pad(i, 7)}.${extension}`;
      writeFileSync(join(set, name), await image[format]().toBuffer());
    },
    () => {},
  );
}

/**
 * Images a second of 1000 files of one format, by how many are decoded at once: the median of five rounds after one to
 * warm up.
 */
async function rates(extension) {
  const first = readdirSync(join(set, "class-0000")).length < 2 ? readdirSync(set) : ["class-0000", "class-0001"];
  const files = first.flatMap((name) => readdirSync(join(set, name)).map((file) => join(set, name, file)));
  const encoded = files.filter((file) => file.endsWith(extension)).map((file) => [file, readFileSync(file)]);
  const items = Array.from({ length: 1000 }, (_, i) => encoded[i % encoded.length]);
  const found = { 1: [], 2: [], 4: [], 8: [], 16: [] };
  const decode = ([path, bytes]) => decodeImage(path, bytes, size);
  for (let round = 0; round < 6; round++) {
    for (const [atOnce, rounds] of Object.entries(found)) {
      const started = performance.now();
      await eachInOrder(items, decode, () => {}, Number(atOnce));
      if (round > 0) rounds.push(Math.round(items.length / ((performance.now() - started) / 1000)));
    }
  }
  return Object.fromEntries(Object.entries(found).map(([key, rounds]) => [key, rounds.sort((a, b) => a - b)[2]]));
}

/** Runs the command line, or a script, with the cache of this measurement; seconds and peak resident memory. */
function datadam(words, script) {
  const main = fileURLToPath(new URL("cli/main.js", root));
  const args = script === undefined ? [main, ...words] : ["--input-type=module", "--eval", script];
  const started = performance.now();
  const env = { ...process.env, DATADAM_CACHE: cache };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  let [stdout, peak] = ["", 0];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const timer = setInterval(() => {
    try {
      const high = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
      peak = Math.max(peak, 1024 * Number(high?.[1] ?? 0));
    } catch {
      // It has ended, or this is no Linux.
    }
  }, 50);
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ stdout, peak, seconds: (performance.now() - started) / 1000 });
      else reject(new Error(`datadam ${words.join(" ")} ended with ${code}`));
    });
  });
}
