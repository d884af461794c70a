// Real Chromium for tests of pages. Where there is none, such tests are skipped, and say so.

import { existsSync } from "node:fs";
import axeCore from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's, or the one that CHROMIUM names. */
const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const hasChromium: boolean = existsSync(EXECUTABLE);
if (!hasChromium) process.stderr.write(`skipped: tests of pages in a browser; install chromium (no ${EXECUTABLE})\n`);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"], timeout: 90_000 });
}

/** A page, with all that its console says and all that it fails with. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, complaints };
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

/** Names that a page must show as text: markup, controls, another direction, great length. */
export const HOSTILE: readonly string[] = [
  `</script><img src=x onerror="alert(1)"><!--`,
  "\u0007bell\u202eright to left\u2028line",
  `${"long".repeat(75)}`,
];
