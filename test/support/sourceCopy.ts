// A copy of the sources inside the package, to add files to: it is compiled and run as the library is.

import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Outcome {
  readonly status: number | null;
  /** Of stdout and stderr. */
  readonly text: string;
}

export interface SourceCopy {
  /** Writes a file: another file of the package, or a text. */
  add(path: string, content: { readonly from: string } | { readonly text: string }): void;
  /** Adds a line to the end of a file. */
  line(path: string, line: string): void;
  /** Where a file of the copy is. */
  path(path: string): string;
  /** Compiles `src` to `dist`. */
  compile(): Outcome;
  /** Runs Node in the folder of the copy. */
  node(...words: readonly string[]): Outcome;
  /** Runs test files of the copy. */
  test(...files: readonly string[]): Outcome;
  remove(): void;
}

/** @param folders of the package, beside `src`, that are copied too. */
export function sourceCopy(name: string, folders: readonly string[] = []): SourceCopy {
  const folder = join(root, ".cache", `${name}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  for (const part of ["src", "assets", ...folders]) cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const file of ["package.json", "tsconfig.json", "tsconfig.build.json", "vitest.config.ts"]) {
    copyFileSync(join(root, file), join(folder, file));
  }
  const node = (...words: readonly string[]): Outcome => {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
    return { status, text: stdout + stderr };
  };
  return {
    add(path, content) {
      if ("from" in content) copyFileSync(join(root, content.from), join(folder, path));
      else writeFileSync(join(folder, path), content.text);
    },
    line: (path, line) => appendFileSync(join(folder, path), `${line}\n`),
    path: (path) => join(folder, path),
    compile: () =>
      node(join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--pretty", "false"),
    node,
    test: (...files) => node(join(root, "node_modules/vitest/vitest.mjs"), "run", "--reporter", "verbose", ...files),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
