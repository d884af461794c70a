// `datadam/lab` runs in a browser: bundled for one, it reaches no module of Node and no native package at any depth.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const NATIVE = /^(node:|onnxruntime-node|sharp|yauzl)/;

/** What a bundle for a browser would import from outside, by importer. */
async function outside(entry: string): Promise<string[]> {
  const found: string[] = [];
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    metafile: true,
    logLevel: "silent",
    // Without it what is not used is dropped, and with it what it imports.
    treeShaking: false,
    plugins: [
      {
        name: "outside",
        setup({ onResolve }) {
          onResolve({ filter: NATIVE }, ({ path, importer }) => {
            found.push(`${importer.replace(/^.*\/dist\//, "")} imports ${path}`);
            return { path, external: true };
          });
        },
      },
    ],
  });
  expect(Object.keys(metafile.inputs).length).toBeGreaterThan(50);
  return found;
}

describe("datadam/lab", () => {
  it("bundles for a browser without any module of Node, at any depth", async () => {
    expect(await outside("dist/lab/index.js")).toEqual([]);
  });

  it("leaves Node to datadam/lab/node, which the test can see", async () => {
    expect(await outside("dist/lab/node/index.js")).toContain("storage/node/folder.js imports node:crypto");
  });
});
