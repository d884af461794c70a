// Bundles built modules for a browser, and says which modules of Node it would need there.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Bundle {
  readonly code: string;
  /** `module <- file that imports it`: none of them exists in a browser. */
  readonly absent: readonly string[];
}

/** @param modules below dist, such as `distill/index.js`: the bundle exports what they export. */
export async function bundleForBrowser(...modules: readonly string[]): Promise<Bundle> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const absent: string[] = [];
  const { outputFiles } = await build({
    stdin: {
      contents: modules.map((module) => `export * from "./${module}";`).join("\n"),
      resolveDir: join(root, "dist"),
    },
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "absent",
        setup: ({ onResolve }) => {
          onResolve({ filter: /^(node:|onnxruntime-node$|sharp$)/ }, ({ path, importer }) => {
            absent.push(`${path} <- ${importer.slice(root.length)}`);
            return { path, external: true };
          });
        },
      },
    ],
  });
  return { code: outputFiles[0].text, absent: absent.sort() };
}
