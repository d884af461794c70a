// Times the tab in Chromium: the letters A to J, one image a class, by WebAssembly in one worker and in several, and by
// WebGPU (SwiftShader unless there is a GPU). One line of JSON for each. `npm run build` first, on a quiet machine.
//
//   node bench/browser.mjs [wasm-1|wasm|webgpu ...]
//   DATADAM_PICTURE=tab.png node bench/browser.mjs wasm     keeps a picture of the page at the end
import { readFileSync, statSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { HEADERS, pageFiles } from "../dist/cli/browser/page.js";
import { servePage } from "../dist/cli/browser/serve.js";

const MODES = {
  "wasm-1": { device: "cpu", headers: {} },
  wasm: { device: "cpu", headers: HEADERS },
  webgpu: { device: "webgpu", headers: HEADERS },
};
const chosen = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.DATADAM_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"],
});

const parts = { page: 0, "page, gzipped": 0, "engine (WebAssembly)": 0, "engine (WebGPU)": 0 };
for (const [name, path] of pageFiles()) {
  const { size } = statSync(path);
  if (!name.startsWith("ort/")) {
    parts.page += size;
    parts["page, gzipped"] += name.endsWith(".gz") ? size : gzipSync(readFileSync(path)).length;
  } else if (/webgpu|asyncify/.test(name)) parts["engine (WebGPU)"] += size;
  else parts["engine (WebAssembly)"] += size;
}
console.log(JSON.stringify({ bytes: parts }));

for (const [name, { device, headers }] of Object.entries(MODES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const server = await servePage(undefined, headers);
  const page = await browser.newPage();
  const started = performance.now();
  const seconds = () => Number(((performance.now() - started) / 1000).toFixed(1));
  await page.goto(server.url);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  await page.selectOption("#device", device);
  await page.click("#go");
  const clicked = seconds();
  await page.waitForSelector("#grid canvas", { timeout: 600_000 });
  const picture = seconds() - clicked;
  await page.waitForFunction(() => /after iteration [1-9]/.test(document.querySelector("#caption").textContent), null, {
    timeout: 600_000,
  });
  const synthetic = seconds() - clicked;
  const ended = () =>
    document.querySelector("#stage").textContent === "finished" || document.querySelector("#error").textContent;
  await page.waitForFunction(ended, null, { timeout: 3_600_000 });
  const text = (selector) => page.textContent(selector);
  console.log(
    JSON.stringify({
      mode: name,
      workers: await text("#mode"),
      firstPaintMs: Math.round(paint ?? 0),
      firstPicture: picture,
      firstSynthetic: synthetic,
      finished: seconds() - clicked,
      verdict: await text("#verdict"),
      rows: await text("#rows"),
      error: await text("#error"),
      cores: cpus().length,
      load: loadavg()[0],
    }),
  );
  const { DATADAM_PICTURE: path } = process.env;
  if (path !== undefined) await page.screenshot({ path, fullPage: true });
  await page.close();
  await server.close();
}
await browser.close();
