// Compiles src/ to dist/, one file to one file, bundles what pages load (src/pages/browser, src/tab), and marks the
// command line executable. Built aside and put in place by renaming: whoever reads dist/ meanwhile sees the old one
// whole or the new one whole.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
  chmodSync(fresh, 0o755);
  chmodSync(join(fresh, "cli/main.js"), 0o755);
  await bundlePages(join(fresh, "pages", "assets"));
  await bundleTab(join(fresh, "tab", "page"));
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

/** Script and style of the report and of what is watched. */
async function bundlePages(outdir) {
  const browser = join(root, "src/pages/browser");
  await build({
    entryPoints: readdirSync(browser)
      .filter((name) => /^(report|watch)\.ts$|\.css$/.test(name))
      .map((name) => join(browser, name)),
    ...{ outdir, bundle: true, minify: true, format: "iife", target: "es2022" },
    ...{ charset: "utf8", legalComments: "none", logLevel: "warning" },
  });
}

/** The page of the tab, its worker and the engine's worker, from the sources: `#engine` in `fresh` would be that of the old dist. */
async function bundleTab(outdir) {
  await build({
    absWorkingDir: root,
    entryPoints: {
      ...{ main: "src/tab/main.ts", work: "src/tab/work.ts", offline: "src/tab/offline.ts" },
      worker: "src/engine/browser/worker.ts",
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@datadam/source"],
    legalComments: "linked",
    outdir,
    logLevel: "warning",
    plugins: [
      {
        // It is not a part of this package: whoever serves the page puts it into ort/.
        name: "runtime beside the page",
        setup({ onResolve }) {
          onResolve({ filter: /^onnxruntime-web\// }, ({ path }) => ({
            path: `./ort/ort.${path.split("/")[1]}.bundle.min.mjs`,
            external: true,
          }));
        },
      },
    ],
  });
  for (const name of ["index.html", "style.css"]) copyFileSync(join(root, "src/tab", name), join(outdir, name));
  writeFileSync(join(outdir, "files.json"), JSON.stringify(readdirSync(outdir).sort()));
}
