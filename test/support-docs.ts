// Examples of the documentation: compiled against the package's types in a folder inside the package, so that its name resolves, and run.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A folder for an example; whoever asks removes it. */
export function exampleFolder(name: string): string {
  const folder = join(root, ".cache", `${name}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The first `ts` block of a page. */
export function exampleOf(page: string): string {
  return /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, page), "utf8"))![1]!;
}

/** Type-checks and runs; what it prints. */
export function runExample(folder: string, example: string): string {
  writeFileSync(join(folder, "example.ts"), example);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options =
    "--ignoreConfig --strict --types node --target es2023 --module nodenext --moduleResolution nodenext example.ts";
  execFileSync(process.execPath, [tsc, ...options.split(" ")], { cwd: folder, stdio: "pipe" });
  return execFileSync(process.execPath, ["example.js"], { cwd: folder, encoding: "utf8" });
}
