// The page that `datadam demo --browser` serves, in Chromium: from what is given to what is downloaded, stopped, gone on
// with after a reload; hostile names and archives; who may use it; what may leave.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { HEADERS, writePage } from "../../src/cli/browser/page.ts";
import { servePage } from "../../src/cli/browser/serve.ts";
import { loadDataset } from "../../src/data/index.ts";
import { decodeNpz, encodePng } from "../../src/formats/index.ts";
import { tar } from "../data/files.ts";
import { openChromium, seriousFaults, serve } from "../support/chromium.ts";
import { halt } from "./halt.ts";

const browser = await openChromium();
const server = await servePage(undefined);
afterAll(async () => {
  await browser?.close();
  await server.close();
});

const MARKUP = "<img src=x onerror=document.title='hacked'>";
const LONG = `no bell \u0007, \u202Eesrever ${"long ".repeat(50)}`.trim();
const LONG_SHOWN = `no bell \\u0007, \\u202eesrever ${"long ".repeat(50)}`.trim();

/** Grey squares, bright ones in one class and dark ones in the other. */
function archive(names: readonly string[] = [MARKUP, LONG]): Buffer {
  const entries = names.flatMap((name, label) =>
    Array.from({ length: 10 }, (_, i) => {
      const pixels = Uint8Array.from({ length: 64 }, (_, at) => 40 + 140 * label + ((at * 7 + i * 13) % 50));
      return [`${name}/${i}.png`, encodePng(pixels, { width: 8, height: 8, channels: 1 })] as const;
    }),
  );
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}

async function give(page: Page, buffer: Buffer, iterations = 3): Promise<void> {
  await page.setInputFiles("#zip", { name: "mine.zip", mimeType: "application/zip", buffer });
  await page.fill("#iterations", String(iterations));
  await page.click("#go");
}

const text = (page: Page, selector: string) => page.locator(selector).textContent();
const LONGEST = { timeout: 300_000 };

test.skipIf(browser === undefined)(
  "distils what it is given, stops, and goes on after a reload",
  { timeout: 900_000 },
  async () => {
    const page = await browser!.newPage();
    await page.goto(server.url);
    await give(page, archive(), 30);
    await expect.poll(() => text(page, "#caption"), LONGEST).toMatch(/Real images|after iteration/);
    await page.click("#stop");
    await expect.poll(() => text(page, "#stage"), LONGEST).toContain("stopped");

    await page.reload();
    await page.click("#go-on", LONGEST);
    await expect.poll(() => text(page, "#stage"), LONGEST).toBe("finished");
    expect(await text(page, "#facts")).toBe("16 images for training and 4 for testing in 2 classes, 32 x 32 px, grey");
    expect(await text(page, "#caption")).toContain("after iteration 30");
    // SwiftShader, which this browser has, is no card.
    expect(await text(page, "#mode")).toMatch(/^It computes on the processor, in (one worker|\d+ workers)\.$/);
    expect(await text(page, "#rows")).toMatch(/Synthetic images\d+\.\d %.*random real ones\d+\.\d %/);

    // Names of classes are text.
    expect(await page.locator(".class span").allTextContents()).toEqual([MARKUP, LONG_SHOWN]);
    expect(await page.locator("#grid img").count()).toBe(0);
    expect(await page.title()).not.toBe("hacked");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

    const [download] = await Promise.all([page.waitForEvent("download"), page.click('[data-download="npz"]')]);
    expect(download.suggestedFilename()).toBe("distilled.npz");
    const arrays = decodeNpz(readFileSync(await download.path()));
    expect(arrays.pixels!.shape).toEqual([2, 1, 32, 32]);
    expect([...(arrays.labels!.data as BigInt64Array)]).toEqual([0n, 1n]);

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [400, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await seriousFaults(page), `${colorScheme}, ${width} px`).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`).toBe(true);
      }
    }

    await page.click("#forget");
    await page.reload();
    await expect.poll(() => page.locator("#earlier").isVisible(), LONGEST).toBe(false);
    await page.close();
  },
);

test.skipIf(browser === undefined)(
  "makes images of the letters that are worth more than random ones",
  { timeout: 600_000 },
  async () => {
    const page = await browser!.newPage();
    await page.goto(server.url);
    // A third of what the page proposes: 100 give more than 30 points (records/browser.json).
    await page.fill("#iterations", "30");
    await page.click("#go");
    await expect.poll(() => text(page, "#stage"), { timeout: 550_000 }).toBe("finished");
    const rows = await page.$$eval("#rows small", (all) => all.map(({ textContent }) => textContent!.split(",")));
    const [synthetic, random] = rows.map((networks) => networks.map((words) => Number.parseFloat(words)));
    expect([synthetic!.length, random!.length]).toEqual([3, 3]);
    expect(Math.min(...synthetic!) - Math.max(...random!)).toBeGreaterThan(4);
    expect(Math.max(...synthetic!)).toBeLessThan(90);
    await page.close();
  },
);

test.skipIf(browser === undefined).each([
  ["a path that leads out", archive(["../../up", "b"]), /leads out of the archive/],
  ["one class", archive(["\u202eonly"]), /holds only one class \("\\u202eonly"\)/],
  ["no zip at all", Buffer.from("not a zip"), /Not a zip file that can be read/],
  [
    "a picture that is none",
    Buffer.from(
      zipSync({
        "a/1.png": Uint8Array.of(1),
        "a/2.png": Uint8Array.of(1),
        "b/1.png": Uint8Array.of(1),
        "b/2.png": Uint8Array.of(1),
      }),
    ),
    /cannot be decoded by this browser/,
  ],
])("refuses an archive with %s", async (_, buffer, message) => {
  const page = await browser!.newPage();
  await page.goto(server.url);
  await give(page, buffer);
  await expect.poll(() => text(page, "#error"), LONGEST).toMatch(message);
  await page.close();
});

test.skipIf(browser === undefined)("reads a folder with its folders", async () => {
  const above = mkdtempSync(join(tmpdir(), "datadam-given-"));
  onTestFinished(() => rmSync(above, { recursive: true }));
  mkdirSync(join(above, "mine", "only"), { recursive: true });
  writeFileSync(
    join(above, "mine", "only", "1.png"),
    encodePng(new Uint8Array(4), { width: 2, height: 2, channels: 1 }),
  );
  const page = await browser!.newPage();
  await page.goto(server.url);
  await page.setInputFiles("#folder", join(above, "mine"));
  await page.click("#go");
  await expect.poll(() => text(page, "#error"), LONGEST).toMatch(/"mine(\/\w+)*" holds only one class \("only"\)/);
  await page.close();
});

/** Drops files or folders of the disk on a place, as a person does. */
async function drop(page: Page, selector: string, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { x, y, width, height } = (await page.locator(selector).boundingBox())!;
  const at = { x: x + width / 2, y: y + height / 2 };
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
}

test.skipIf(browser === undefined)("takes what is dropped: a folder with all below it, a zip, a bank", async () => {
  const above = mkdtempSync(join(tmpdir(), "datadam-dropped-"));
  onTestFinished(() => rmSync(above, { recursive: true }));
  for (const [label, name] of ["cats", "dogs"].entries()) {
    mkdirSync(join(above, "mine", "train", name), { recursive: true });
    // More than what a browser lists at once.
    for (let i = 0; i < 110; i++) {
      const pixels = Uint8Array.from({ length: 16 }, (_, at) => (at * 7 + i * 13 + 90 * label) & 255);
      writeFileSync(
        join(above, "mine", "train", name, `${i}.png`),
        encodePng(pixels, { width: 4, height: 4, channels: 1 }),
      );
    }
  }
  writeFileSync(join(above, "bank.zip"), archive());
  const page = await browser!.newPage();
  await page.goto(server.url);
  await drop(page, "#drop", join(above, "mine"));
  await expect.poll(() => text(page, "#given"), LONGEST).toBe("mine: 220 files");
  await drop(page, "#bank-drop", join(above, "bank.zip"));
  await expect.poll(() => text(page, "#bank-given"), LONGEST).toBe("bank.zip");
  await page.click("#bank-out");
  await page.fill("#iterations", "1");
  await page.click("#go");
  await expect
    .poll(() => text(page, "#facts"), LONGEST)
    .toBe("176 images for training and 44 for testing in 2 classes, 32 x 32 px, grey");
  await page.close();
});

test.skipIf(browser === undefined)("is used by keys alone", async () => {
  const page = await browser!.newPage();
  await page.goto(server.url);
  const focused = () =>
    page.evaluate(() => document.activeElement!.id || (document.activeElement as HTMLInputElement).value);
  const order: string[] = [];
  for (let i = 0; i < 12 && order.at(-1) !== "go"; i++) {
    await page.keyboard.press("Tab");
    order.push(await focused());
    // Where one is, is seen.
    const outline = await page.evaluate(() => {
      const at = document.activeElement!;
      return getComputedStyle(at.closest(".button") ?? at).outlineStyle;
    });
    expect(outline, order.at(-1)).not.toBe("none");
  }
  expect(order).toEqual(["letters", "folder", "zip", "bank-folder", "bank-zip", "ipc", "iterations", "device", "go"]);
  await page.focus("#iterations");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("2000");
  await page.keyboard.press("Enter");
  await expect.poll(() => text(page, "#caption"), LONGEST).toContain("after iteration");
  await page.focus("#stop");
  await page.keyboard.press("Enter");
  await expect.poll(() => text(page, "#stage"), LONGEST).toContain("stopped");
  await page.close();
});

test.skipIf(browser === undefined)("reads CIFAR-10's archive, and refuses a hostile one as text", async () => {
  const page = await browser!.newPage();
  await page.goto(server.url);
  const archive = readFileSync(new URL("../fixtures/cifars/cifar-10-python.tar.gz", import.meta.url));
  const take = (name: string, buffer: Buffer) =>
    page.setInputFiles("#zip", { name, mimeType: "application/gzip", buffer });
  await take("cifar-10-python.tar.gz", archive);
  await page.fill("#iterations", "1");
  await page.click("#go");
  await expect.poll(() => text(page, "#caption"), LONGEST).toContain("after iteration 1");
  const { train, test: rest } = await loadDataset("cifar10", {
    dir: fileURLToPath(new URL("../fixtures/cifars/cifar-10-python.tar.gz", import.meta.url)),
  });
  const counts = `${train.count} images for training and ${rest!.count} for testing in 10 classes, 32 x 32 px`;
  expect(await text(page, "#facts")).toBe(counts);
  expect(await page.locator(".class span").allTextContents()).toEqual(train.classNames);
  await halt(page);

  const link = await tar({ [MARKUP]: { type: "symlink", linkname: "/etc/passwd" } });
  await take("cifar-10-binary.tar.gz", gzipSync(link));
  await page.click("#go");
  await expect.poll(() => text(page, "#error"), LONGEST).toContain(`"${MARKUP}" is a link`);
  await take("cifar-10-binary.tar.gz", archive.subarray(0, 400));
  await page.click("#go");
  await expect.poll(() => text(page, "#error"), LONGEST).toContain("it is damaged, cut off, or not a tar archive");
  expect(await page.title()).not.toBe("hacked");
  await page.close();
});

test.skipIf(browser === undefined)("says why it cannot compute: offline, without WebAssembly", async () => {
  const context = await browser!.newContext();
  const page = await context.newPage();
  await page.goto(server.url, { waitUntil: "networkidle" });
  await context.setOffline(true);
  await page.click("#go");
  await expect
    .poll(() => text(page, "#error"), LONGEST)
    .toMatch(/^The built-in letters could not be loaded\nThe browser is offline\./);
  // What is wrong with a file is said as ever.
  await give(page, Buffer.from("not a zip"));
  await expect.poll(() => text(page, "#error"), LONGEST).toMatch(/^Not a zip file that can be read/);
  expect(await text(page, "#error")).not.toContain("offline");
  await context.close();

  const plain = (await openChromium("--js-flags=--jitless"))!;
  onTestFinished(() => plain.close());
  const other = await plain.newPage();
  await other.goto(server.url);
  await other.click("#go");
  await expect.poll(() => text(other, "#error"), LONGEST).toMatch(/This browser runs no WebAssembly/);
});

test.skipIf(browser === undefined)(
  "on a host, works and opens again once the host is gone",
  { timeout: 900_000 },
  async () => {
    const above = mkdtempSync(join(tmpdir(), "datadam-host-"));
    onTestFinished(() => rmSync(above, { recursive: true }));
    writePage(join(above, "page"));
    const host = await serve(join(above, "page"), { isolated: true, headers: HEADERS });
    const context = await browser!.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(host.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, LONGEST);
    host.close();
    await expect(fetch(host.url)).rejects.toThrow();

    expect(await text(page, "#offline")).toContain("works without a connection");

    // Long enough to be stopped, and to be seen at work again.
    await page.fill("#iterations", "5000");
    await page.click("#go");
    await page.waitForFunction(
      () =>
        document.querySelector("#caption")!.textContent.includes("after iteration") ||
        document.querySelector("#error")!.textContent !== "",
      null,
      LONGEST,
    );
    expect(await text(page, "#error")).toBe("");
    await page.click("#stop");
    await expect.poll(() => text(page, "#stage"), LONGEST).toContain("stopped");
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.click("#go-on", LONGEST);
    await expect.poll(() => text(page, "#stage"), LONGEST).toMatch(/^distilling/);
  },
);

test.skipIf(browser === undefined)("lets nothing leave", async () => {
  const page = await browser!.newPage();
  await page.goto(server.url);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const outcome = await page.evaluate(async (here) => {
    const blocked = new Promise<string>((resolve) =>
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective)),
    );
    await fetch(here.replace("127.0.0.1", "localhost")).catch(() => undefined);
    return blocked;
  }, server.url);
  expect(outcome).toBe("connect-src");
  await page.close();
});

test("serves the page's files alone, to who reads", async () => {
  const get = (path: string, method = "GET") => fetch(new URL(path, server.url), { method });
  const page = await get("");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect((await get("ort/ort-wasm-simd-threaded.wasm", "HEAD")).headers.get("content-type")).toBe("application/wasm");
  for (const path of ["../package.json", "%2e%2e/package.json", "ort/", "package.json"]) {
    expect((await get(path)).status, path).toBe(404);
  }
  expect((await get("", "POST")).status).toBe(405);
});

test("is written for a static host, into a new folder", () => {
  const above = mkdtempSync(join(tmpdir(), "datadam-static-"));
  onTestFinished(() => rmSync(above, { recursive: true }));
  const folder = join(above, "page");
  writePage(folder);
  expect(readFileSync(join(folder, "index.html"), "utf8")).toContain("./main.js");
  for (const [name, text] of Object.entries(HEADERS)) {
    expect(readFileSync(join(folder, "_headers"), "utf8")).toContain(`${name}: ${text}`);
  }
  expect(existsSync(join(folder, "ort/ort-wasm-simd-threaded.wasm"))).toBe(true);
  expect(() => writePage(folder)).toThrow("exists already");
});
