// Ends the work of the tab, wherever it is.

import type { Page } from "playwright-core";

/** Stops it where it has not ended by itself, and waits until it can begin again. */
export async function halt(page: Page): Promise<void> {
  await page.evaluate(() => {
    const stop = document.querySelector<HTMLButtonElement>("#stop")!;
    if (!stop.hidden) stop.click();
  });
  await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>("#go")!.disabled, null, {
    timeout: 240_000,
  });
}
