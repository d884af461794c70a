// Versions of this package and of what its numbers depend on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
/** This package's version. */
export function version() {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    return JSON.parse(text).version;
}
/** Versions recorded with a run. */
export function versions() {
    return { datadam: version(), node: process.versions.node, "onnxruntime-node": installed("onnxruntime-node") };
}
function installed(name) {
    try {
        const require = createRequire(import.meta.url);
        return require(`${name}/package.json`).version;
    }
    catch {
        return "not installed";
    }
}
//# sourceMappingURL=versions.js.map