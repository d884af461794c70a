// Compiles src/ to dist/, one file to one file, bundles what pages load (src/pages/browser) into dist/pages/assets, and
// marks the command line executable. Built aside and put in place by
// renaming: whoever reads dist/ meanwhile sees the old one whole or the new one whole.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const fresh = mkdtempSync(join(root, ".dist-"));
try {
  const options = ["-p", "tsconfig.build.json", "--outDir", fresh];
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", ...options], {
    cwd: root,
    stdio: "inherit",
  });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
  const browser = join(root, "src/pages/browser");
  await build({
    entryPoints: readdirSync(browser)
      .filter((name) => /^(report|watch)\.ts$|\.css$/.test(name))
      .map((name) => join(browser, name)),
    ...{ outdir: join(fresh, "pages/assets"), bundle: true, minify: true, format: "iife", target: "es2022" },
    ...{ charset: "utf8", legalComments: "none", logLevel: "warning" },
  });
  chmodSync(fresh, 0o755);
  chmodSync(join(fresh, "cli/main.js"), 0o755);
  const dist = join(root, "dist");
  if (existsSync(dist)) {
    const old = `${fresh}-old`;
    renameSync(dist, old);
    renameSync(fresh, dist);
    rmSync(old, { recursive: true, force: true });
  } else renameSync(fresh, dist);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
