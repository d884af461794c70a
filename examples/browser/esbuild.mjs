// `node esbuild.mjs`. The engine's worker is an entry of its own, named worker.js, and its WebAssembly lies beside it.
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const outdir = process.argv[2] ?? "dist";
await build({
  entryPoints: { main: "main.js", worker: "datadam/engine/worker" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  outdir,
});
const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
copyFileSync(join(runtime, "ort-wasm-simd-threaded.wasm"), join(outdir, "ort-wasm-simd-threaded.wasm"));
copyFileSync("index.html", join(outdir, "index.html"));
