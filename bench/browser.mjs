// Times the tab in Chromium: the letters A to J, one image a class, by WebAssembly in one worker and in several, and by
// WebGPU (SwiftShader unless there is a GPU). One line of JSON for each. `npm run build` first, on a quiet machine.
//
// Peak memory is that of all processes of Chromium together (Linux). `cifar10` packs the folder that holds
// cifar-10-batches-bin as it is published, and gives the page that archive; `offline` loses its connection once images form;
// `no-webassembly` and `no-webgpu` end with what the page says.
//
//   node bench/browser.mjs [wasm-1|wasm|webgpu|cifar10|offline|no-webassembly|no-webgpu ...]
//   DATADAM_TEST_DATA=DIR node bench/browser.mjs cifar10
//   node bench/browser.mjs wasm wasm-1 --record records/browser.json
//   DATADAM_PICTURE=tab.png node bench/browser.mjs wasm     keeps a picture of the page at the end
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { HEADERS, pageFiles } from "../dist/cli/browser/page.js";
import { servePage } from "../dist/cli/browser/serve.js";

const MODES = {
  "wasm-1": { device: "cpu", headers: {} },
  wasm: { device: "cpu", headers: HEADERS },
  webgpu: { device: "webgpu", headers: HEADERS },
  offline: { device: "cpu", headers: HEADERS, offline: true },
  "no-webassembly": { device: "cpu", headers: HEADERS, flags: ["--js-flags=--jitless"] },
  "no-webgpu": { device: "webgpu", headers: HEADERS, flags: [] },
};
const { DATADAM_TEST_DATA: data } = process.env;
if (data !== undefined) MODES.cifar10 = { device: "cpu", headers: HEADERS, archive: true };
const { values: flags, positionals: chosen } = parseArgs({
  options: { record: { type: "string" } },
  allowPositionals: true,
});
const results = {};
const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

/** CIFAR-10 as it is published, in a new folder. */
function pack() {
  const path = join(mkdtempSync(join(tmpdir(), "datadam-archive-")), "cifar-10-binary.tar.gz");
  const { status } = spawnSync("tar", ["-czf", path, "-C", data, "cifar-10-batches-bin"], { stdio: "inherit" });
  if (status !== 0) throw new Error("tar failed");
  return path;
}

/** MiB of all processes below this one whose command names Chromium; pages that they share count once. */
function memory() {
  const read = (pid, file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1");
    } catch {
      return ""; // It has ended.
    }
  };
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, /\) \S (\d+)/.exec(read(pid, "stat"))?.[1]]),
  );
  const isOurs = (pid) => pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  const ours = [...parents.keys()].filter((pid) => isOurs(pid) && /chrom/.test(read(pid, "cmdline")));
  return ours.reduce((sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(read(pid, "smaps_rollup"))?.[1] ?? 0) / 1024, 0);
}

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

for (const [name, { device, headers, archive = false, offline = false, flags = WEBGPU }] of Object.entries(MODES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const given = archive ? pack() : undefined;
  const browser = await chromium.launch({
    executablePath: process.env.DATADAM_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", ...flags],
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 250);
  const server = await servePage(undefined, headers);
  const page = await browser.newPage();
  const started = performance.now();
  const seconds = () => Number(((performance.now() - started) / 1000).toFixed(1));
  await page.goto(server.url);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  await page.selectOption("#device", device);
  if (given !== undefined) await page.setInputFiles("#zip", given);
  await page.click("#go");
  const clicked = seconds();
  const until = async (condition) => {
    await page.waitForFunction(condition, null, { timeout: 3_600_000 });
    return Number((seconds() - clicked).toFixed(1));
  };
  const picture = await until(() => document.querySelector("#grid canvas, #error:not(:empty)"));
  const synthetic = await until(
    () =>
      /after iteration [1-9]/.test(document.querySelector("#caption").textContent) ||
      document.querySelector("#error").textContent,
  );
  if (offline) await page.context().setOffline(true);
  const distilled = await until(
    () =>
      /^(evaluating|finished)/.test(document.querySelector("#stage").textContent) ||
      document.querySelector("#error").textContent,
  );
  const finished = await until(
    () => document.querySelector("#stage").textContent === "finished" || document.querySelector("#error").textContent,
  );
  clearInterval(watch);
  const text = (selector) => page.textContent(selector);
  results[name] = {
    workers: Number(/\d+/.exec(await text("#mode"))?.[0] ?? 1),
    firstPaintMs: paint === undefined ? null : Math.round(paint),
    secondsUntil: { firstPicture: picture, firstSynthetic: synthetic, distilled, end: finished },
    peakMiB: Math.round(peak),
    accuracies: (await page.$$eval("#rows tr", (rows) => rows.map((row) => row.cells[2].textContent.trim()))).map(
      (networks) => networks.split(",").map((words) => Number.parseFloat(words)),
    ),
    verdict: await text("#verdict"),
    error: await text("#error"),
    load: Number(loadavg()[0].toFixed(2)),
  };
  console.log(JSON.stringify({ mode: name, ...results[name] }));
  const { DATADAM_PICTURE: path } = process.env;
  if (path !== undefined) await page.screenshot({ path, fullPage: true });
  await browser.close();
  await server.close();
  if (given !== undefined) rmSync(dirname(given), { recursive: true });
}

if (flags.record !== undefined) {
  const record = {
    what: "The tab in Chromium: seconds from the press of the button, accuracies of synthetic and of random images",
    command: `node bench/browser.mjs ${Object.keys(results).join(" ")}`,
    machine: { cpu: cpus()[0]?.model.trim(), cores: cpus().length, node: process.version },
    bytes: parts,
    results,
  };
  writeFileSync(flags.record, `${JSON.stringify(record, undefined, 2)}\n`);
}
