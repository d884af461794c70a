// The sources bundled for a browser, with the engine's worker and its WebAssembly beside them, in a folder to be served.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Where onnxruntime-web keeps its files. */
const RUNTIME = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));

/**
 * A folder with a page whose global `datadam` has all that `modules` (below src) export.
 *
 * @param more files to put beside it, by name: their paths.
 */
export async function sourceBundle(
  modules: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "datadam-page-"));
  const source = fileURLToPath(new URL("../../src", import.meta.url));
  const entry = join(source, `bundled-${process.pid}.ts`);
  await build({
    entryPoints: { main: entry, worker: join(source, "engine/browser/worker.ts") },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    conditions: ["@datadam/source"],
    outdir: folder,
    logLevel: "error",
    plugins: [
      {
        name: "entry",
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /bundled-\d+\.ts$/ }, ({ path }) => ({ path, namespace: "entry" }));
          onLoad({ filter: /./, namespace: "entry" }, () => ({
            contents: modules.map((module) => `export * from "./${module}";`).join("\n"),
            resolveDir: source,
          }));
        },
      },
    ],
  });
  const runtime = ["ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.asyncify.wasm"];
  const files = { ...Object.fromEntries(runtime.map((name) => [name, join(RUNTIME, name)])), ...more };
  for (const [name, path] of Object.entries(files)) copyFileSync(path, join(folder, name));
  const script = 'import * as all from "./main.js"; globalThis.datadam = all;';
  writeFileSync(join(folder, "index.html"), `<!doctype html><script type="module">${script}</script>`);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

declare global {
  /** In a page of {@link sourceBundle}: what its modules export. Of any type, since each test knows its own. */
  var datadam: never;
}
