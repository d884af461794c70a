// Real Chromium for tests of pages. Where there is none, such tests are skipped, and say so.

import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../support/chromium.ts";

export const hasChromium: boolean = existsSync(CHROMIUM);
if (!hasChromium) process.stderr.write(`skipped: tests of pages in a browser; install chromium (no ${CHROMIUM})\n`);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"], timeout: 90_000 });
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

/** Names that a page must show as text: markup, controls, another direction, great length. */
export const HOSTILE: readonly string[] = [
  `</script><img src=x onerror="alert(1)"><!--`,
  "\u0007bell\u202eright to left\u2028line",
  `${"long".repeat(75)}`,
];
