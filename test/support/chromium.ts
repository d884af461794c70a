// Real Chromium, and pages served to it from this machine.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import axeCore from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { test } from "vitest";

/** Debian's, or the one that DATADAM_CHROMIUM names. */
export const CHROMIUM = process.env.DATADAM_CHROMIUM ?? "/usr/bin/chromium";

/**
 * Chromium, with WebGPU by SwiftShader; undefined, and a test skipped aloud, where it is not installed.
 *
 * @param more flags.
 */
export async function openChromium(...more: readonly string[]): Promise<Browser | undefined> {
  if (!existsSync(CHROMIUM)) {
    test.skip(`in Chromium: there is no ${CHROMIUM}; Debian: apt-get install chromium`, () => {});
    return undefined;
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
      "--enable-features=Vulkan",
      ...more,
    ],
    timeout: 120_000,
  });
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

const ISOLATING = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves a folder.
 *
 * @param options.isolated whether its pages share memory with their workers
 * @param options.headers  of every file. Default: those that isolate, where it is isolated
 */
export async function serve(
  folder: string,
  {
    isolated,
    headers = isolated ? ISOLATING : {},
  }: { readonly isolated: boolean; readonly headers?: Readonly<Record<string, string>> },
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, new URL(url, "http://localhost").pathname.replace(/\/$/, "/index.html"));
    if (!existsSync(path)) return response.writeHead(404).end();
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, ...headers }).end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What axe-core finds that is serious or critical, in a line each. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // By the inspector, which the page's own policy does not bind.
  await page.evaluate(axeCore.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`);
  });
}
