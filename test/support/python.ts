// Debian's Python, for what it checks of files that other programs are to read.

import { spawnSync } from "node:child_process";

const PYTHON = "/usr/bin/python3";

/** Where Python with a module is; undefined where it is not. */
export function debianPython(module: string): string | undefined {
  const found = spawnSync(PYTHON, ["-c", `import ${module}`], { stdio: "ignore" });
  return found.status === 0 ? PYTHON : undefined;
}
