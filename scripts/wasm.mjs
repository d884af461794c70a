// Encodes src/engine/training/vectors.wat as WebAssembly, in vectorsModule.ts beside it; --check compares only.
//
//   node scripts/wasm.mjs [--check]

import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const source = new URL("../src/engine/training/vectors.wat", import.meta.url);
const target = new URL("../src/engine/training/vectorsModule.ts", import.meta.url);

const { parseWat } = await wabt();
const module = parseWat("vectors.wat", readFileSync(source, "utf8"));
module.validate();
const { buffer } = module.toBinary({});
module.destroy();

const lines = Buffer.from(buffer)
  .toString("base64")
  .match(/.{1,112}/g);
const text = `// The module of vectors.wat in base64. Written by scripts/wasm.mjs: do not edit.

export const vectorsModule: string =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("vectorsModule.ts is not what vectors.wat says: run node scripts/wasm.mjs");
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}
