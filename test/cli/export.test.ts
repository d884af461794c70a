// `datadam export` where it fails half-way.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exportSet } from "../../src/cli/exporting.ts";
import { createUi } from "../../src/cli/ui.ts";
import { writeSyntheticSet } from "../../src/run/index.ts";
import { temporaryFolder } from "../support-run.ts";

it("leaves no part of the pictures behind", async () => {
  const cwd = temporaryFolder();
  writeSyntheticSet(join(cwd, "set"), {
    images: new Float32Array(8),
    labels: Uint16Array.of(0, 1),
    shape: [1, 2, 2],
    // No file system takes the second as a folder.
    classNames: ["a", "b".repeat(300)],
    preprocessing: { normalization: { mean: [0.5], std: [0.25] }, zca: undefined },
    provenance: {},
  });
  mkdirSync(join(cwd, "empty"));
  for (const name of ["new", "empty"]) {
    const exporting = exportSet(join(cwd, "set"), { to: "png", out: join(cwd, name) }, createUi({ quiet: true }));
    await expect(exporting).rejects.toThrow("the name is too long");
  }
  expect([existsSync(join(cwd, "new")), readdirSync(join(cwd, "empty"))]).toEqual([false, []]);
});
