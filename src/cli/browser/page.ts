// The files of the tab: those of the package, and ONNX Runtime's for browsers, which is installed apart.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatadamError } from "../../errors.ts";

/** The same from src/cli/browser and dist/cli/browser. */
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PAGE = join(ROOT, "dist", "tab", "page");

/** As `new URL` in the page asks for them, below `ort/`. */
const RUNTIME = [
  "ort.wasm.bundle.min.mjs",
  "ort-wasm-simd-threaded.wasm",
  "ort.webgpu.bundle.min.mjs",
  "ort-wasm-simd-threaded.asyncify.wasm",
];

/** The page's service worker. */
const OFFLINE = "offline.js";

const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; " +
  "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers of every file: nothing is loaded from elsewhere, and threads may share memory. */
export const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CSP,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

/**
 * Where each file of the page is, by its path.
 *
 * @throws DatadamError BACKEND_UNAVAILABLE where ONNX Runtime for browsers is not installed
 */
export function pageFiles(): ReadonlyMap<string, string> {
  const listed = JSON.parse(readFileSync(join(PAGE, "files.json"), "utf8")) as string[];
  const runtime = runtimeFolder();
  return new Map([
    ...listed.map((name) => [name, join(PAGE, name)] as const),
    ["letters.safetensors.gz", join(ROOT, "assets", "letters.safetensors.gz")],
    ...RUNTIME.map((name) => [`ort/${name}`, join(runtime, name)] as const),
  ]);
}

/** That of the folder where the command is given, or the one that is installed with this package. */
function runtimeFolder(): string {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      const folder = dirname(createRequire(from).resolve("onnxruntime-web/wasm"));
      if (RUNTIME.every((name) => existsSync(join(folder, name)))) return folder;
    } catch {
      // Not there: the next place.
    }
  }
  throw new DatadamError("BACKEND_UNAVAILABLE", "The page needs ONNX Runtime for browsers, which is not installed", {
    hint: "Install it (140 MB): npm install onnxruntime-web@1.30.0",
  });
}

/**
 * Writes the page into a new folder, for any static host, with the headers as some hosts read them (`_headers`).
 *
 * @throws DatadamError IO where the folder exists, BACKEND_UNAVAILABLE
 */
export function writePage(folder: string): void {
  const files = pageFiles();
  if (existsSync(folder)) {
    throw new DatadamError("IO", `${folder} exists already`, { hint: "Choose another place with --out." });
  }
  for (const [name, path] of files) {
    const to = join(folder, name);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(path, to);
  }
  writeOffline(folder, [...files.keys()]);
  const headers = Object.entries(HEADERS).map(([name, text]) => `  ${name}: ${text}\n`);
  writeFileSync(join(folder, "_headers"), `/*\n${headers.join("")}`);
}

/** The service worker that keeps the page's files, and its name in the page. */
function writeOffline(folder: string, names: readonly string[]): void {
  const own = names.filter((name) => name !== OFFLINE && name !== "index.html");
  const hash = createHash("sha256");
  for (const name of own) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  const script = readFileSync(join(folder, OFFLINE), "utf8");
  const known = `const OWN_FILES = ${JSON.stringify(own)};\nconst VERSION = "${hash.digest("hex").slice(0, 16)}";\n`;
  writeFileSync(join(folder, OFFLINE), `${known}${script}`);
  const page = join(folder, "index.html");
  writeFileSync(page, readFileSync(page, "utf8").replace("<html ", `<html data-offline="./${OFFLINE}" `));
}
