// The example of examples/browser, bundled by Vite and by esbuild as its files say, runs in Chromium.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { openChromium, serve } from "../support/chromium.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const browser = await openChromium();
/** A project of somebody else, with the built package installed. */
const project = mkdtempSync(join(tmpdir(), "datadam-project-"));
cpSync(join(ROOT, "examples/browser"), project, { recursive: true });
mkdirSync(join(project, "node_modules"));
for (const name of ["esbuild", "onnxruntime-web", "vite"]) {
  symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name));
}
symlinkSync(ROOT, join(project, "node_modules", "datadam"));
afterAll(async () => {
  await browser?.close();
  rmSync(project, { recursive: true });
});

test.each([
  ["vite", ["node_modules/vite/bin/vite.js", "build", "--outDir", "by-vite", "--logLevel", "error"], true],
  ["esbuild", ["esbuild.mjs", "by-esbuild"], false],
] as const)("%s", { timeout: 400_000 }, async (name, words, isolated) => {
  execFileSync(process.execPath, words, { cwd: project, stdio: ["ignore", "ignore", "inherit"] });
  if (browser === undefined) return;
  const server = await serve(join(project, `by-${name}`), { isolated });
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    const status = page.locator("#status");
    await expect.poll(() => status.textContent(), { timeout: 300_000 }).toMatch(/^(done|failed)/);
    expect(await status.textContent()).toMatch(isolated ? /^done, by \d+ worker/ : /^done, by 1 worker/);
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector("canvas")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(data).size;
    });
    expect(colours).toBeGreaterThan(20);
  } finally {
    await page.close();
    server.close();
  }
});
