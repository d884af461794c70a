// Versions of this package and of what its numbers depend on.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** This package's version. */
export function version(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Versions recorded with a run. */
export function versions(): Record<string, string> {
  return { datadam: version(), node: process.versions.node, "onnxruntime-node": installed("onnxruntime-node") };
}

function installed(name: string): string {
  try {
    const require = createRequire(import.meta.url);
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return "not installed";
  }
}
