// ZCA whitening of CIFAR-10: seconds by stage, and how far the matrices are from NumPy's eigendecomposition.
//
//   node bench/zca.mjs --data-dir DIR [--eps 0.1] [--workers 2] [--python python3] [--out records/zca.json]
//
// DIR holds cifar-10-batches-bin. Needs a build, and Python with NumPy for the comparison (--python "" leaves it out).

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = process.env.DATADAM_DIST ?? new URL("../dist/", import.meta.url).href;
const { loadDataset } = await import(new URL("data/index.js", root));
const { createEngine } = await import(new URL("engine/index.js", root));
const { multiplyOn } = await import(new URL("linalg/index.js", root));
const { prepare, prepareWith, unprepare } = await import(new URL("images/index.js", root));

const { values: flags } = parseArgs({
  options: {
    "data-dir": { type: "string" },
    eps: { type: "string", default: "0.1" },
    workers: { type: "string", default: String(availableParallelism()) },
    python: { type: "string", default: "python3" },
    out: { type: "string", default: "records/zca.json" },
  },
});
const eps = Number(flags.eps);
const { train, test } = await loadDataset("cifar10", { dir: flags["data-dir"] });
const engine = await createEngine({ workers: Number(flags.workers) });
const multiply = multiplyOn(engine);

const seconds = {};
let started = 0;
const onProgress = (stage, done) => {
  if (done === 0) started = performance.now();
  if (done === 1) seconds[stage] = (performance.now() - started) / 1000;
};
const timed = async (work) => {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
};

const load = loadavg()[0];
const before = process.cpuUsage();
const entries = new Map();
const cache = { get: async (key) => entries.get(key), put: async (key, bytes) => void entries.set(key, bytes) };
const options = { zca: { eps }, cache, multiply, onProgress };
let [prepared, total] = await timed(() => prepare(train, options));
const { user, system } = process.cpuUsage(before);
const stages = { ...seconds };
const peakMemory = process.resourceUsage().maxRSS * 1024;
const { preprocessing } = prepared;
const whitened = prepared.read(Array.from({ length: 1000 }, (_, i) => i));

const batch = Array.from({ length: 128 }, (_, i) => (i * 389) % train.count);
const buffer = new Float32Array(128 * 3072);
const perRead = (set) => {
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    set.read(batch, buffer);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[25];
};
const readWhitened = perRead(prepared);
prepared = undefined;
const readNormalized = perRead(await prepare(train, { zca: false }));
const [again, cached] = await timed(() => prepare(train, options));
const sameFromCache = Buffer.from(again.preprocessing.zca.whiten.buffer).equals(
  Buffer.from(preprocessing.zca.whiten.buffer),
);
const [, testSeconds] = await timed(() => prepareWith(preprocessing, test, { multiply }));
const [bytes, unprepareSeconds] = await timed(() =>
  unprepare(whitened.subarray(0, 100 * 3072), [100, 3, 32, 32], preprocessing),
);
await engine.close();

const record = {
  what: "ZCA whitening of CIFAR-10 (50,000 training images, d = 3072)",
  command: "node bench/zca.mjs --data-dir DIR",
  machine: { cpu: cpus()[0].model, cores: availableParallelism(), node: process.version, loadBefore: load },
  eps,
  workers: Number(flags.workers),
  seconds: { ...stages, total, fromCache: cached, testSet: testSeconds, unprepare100: unprepareSeconds },
  cpuSeconds: (user + system) / 1e6,
  peakMemoryBytes: peakMemory,
  millisecondsToRead128: { whitened: readWhitened, normalized: readNormalized },
  bytesBack: Buffer.from(bytes).equals(Buffer.from(train.pixels.slice(0, 100 * 3072))),
  sameFromCache,
  sha256OfWhiten: createHash("sha256").update(Buffer.from(preprocessing.zca.whiten.buffer)).digest("hex"),
};
if (flags.python) {
  const folder = mkdtempSync(join(tmpdir(), "zca-"));
  const save = (name, { buffer: memory, byteOffset, byteLength }) =>
    writeFileSync(join(folder, name), new Uint8Array(memory, byteOffset, byteLength));
  save("pixels.u8", train.pixels);
  save("whitened.f32", whitened);
  for (const name of ["mean", "whiten", "unwhiten"]) save(`${name}.f32`, preprocessing.zca[name]);
  const { shape, normalization } = train;
  writeFileSync(join(folder, "set.json"), JSON.stringify({ shape, normalization, eps }));
  const oracle = fileURLToPath(new URL("../scripts/oracle/zca.py", import.meta.url));
  const python = spawnSync(flags.python, [oracle, "compare", folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  rmSync(folder, { recursive: true });
  if (python.status !== 0) throw new Error(`${flags.python} ${oracle} failed`);
  record.againstNumpy = JSON.parse(python.stdout);
}
const text = `${JSON.stringify(record, null, 2)}\n`;
mkdirSync(dirname(flags.out), { recursive: true });
writeFileSync(flags.out, text);
process.stdout.write(text);
