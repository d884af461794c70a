// The watch page with a hundred runs of a thousand iterations: how long until it shows, and what it costs to keep it.
//
//   npm run build && node bench/watch.mjs [--runs 100] [--iterations 1000] [--seconds 10] [--record FILE]
//
// Five of the runs go on meanwhile, ten iterations a second each. The browser is Debian's chromium (or DATADAM_CHROMIUM).

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { serveWatch } from "../dist/pages/node/index.js";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    iterations: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
    record: { type: "string" },
  },
});
const [runs, iterations, seconds] = [values.runs, values.iterations, values.seconds].map(Number);
const LIVE = 5;
const folder = mkdtempSync(join(tmpdir(), "datadam-bench-watch-"));
const paths = Array.from({ length: runs }, (_, i) => make(join(folder, `run-${i}`), i < LIVE));

const before = performance.now();
const server = await serveWatch(folder);
const firstLook = performance.now() - before;
const browser = await chromium.launch({
  executablePath: process.env.DATADAM_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage();
  const opened = performance.now();
  await page.goto(server.url, { waitUntil: "commit" });
  await page.waitForSelector(`#runs tbody tr:nth-child(${runs})`);
  const allLines = performance.now() - opened;
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  const curves = performance.now();
  await page.waitForSelector("#curves svg");
  const curvesShown = performance.now() - curves;
  const inspector = await page.context().newCDPSession(page);
  await inspector.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await inspector.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  };
  const [cpu, tasks, started] = [process.cpuUsage(), await busy(), performance.now()];
  let iteration = iterations;
  const timer = setInterval(() => {
    iteration++;
    for (const path of paths.slice(0, LIVE)) step(path, iteration);
  }, 100);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  clearInterval(timer);
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    what: "The watch page: milliseconds until it shows, and shares of one core while five runs go on",
    command: `node bench/watch.mjs --runs ${runs} --iterations ${iterations} --seconds ${seconds}`,
    machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version, load: loadavg()[0] },
    runs,
    iterations,
    firstLookMs: Math.round(firstLook),
    firstPaintMs: Math.round(paint),
    allLinesMs: Math.round(allLines),
    curvesAfterLinesMs: Math.round(curvesShown),
    serverCpu: Number(((user + system) / 1e6 / wall).toFixed(3)),
    pageCpu: Number((((await busy()) - tasks) / wall).toFixed(3)),
    memoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  console.log(JSON.stringify(result, undefined, 2));
  if (values.record) writeFileSync(values.record, `${JSON.stringify(result, undefined, 2)}\n`);
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

function make(path, live) {
  mkdirSync(join(path, "claims"), { recursive: true });
  const method = { preset: "quick", ipc: 10 };
  writeFileSync(join(path, "job.json"), JSON.stringify({ kind: "distill", data: { dataset: "cifar10" }, method }));
  const events = Array.from({ length: Math.ceil(iterations / 2) }, (_, i) => progress(2 * i));
  if (!live) events.push({ type: "finished", claim: 1, time: new Date().toISOString(), result: {} });
  writeFileSync(join(path, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  writeFileSync(join(path, "metrics.jsonl"), Array.from({ length: iterations }, (_, i) => row(i + 1)).join(""));
  return path;
}

function step(path, iteration) {
  appendFileSync(join(path, "metrics.jsonl"), row(iteration));
  if (iteration % 20 === 0) appendFileSync(join(path, "events.jsonl"), `${JSON.stringify(progress(iteration))}\n`);
}

function progress(done) {
  const time = new Date(Date.now() - 1000 * (iterations - done)).toISOString();
  return { claim: 1, time, type: "progress", stage: "distilling", done, total: 2 * iterations, detail: "loss 1.234" };
}

function row(iteration) {
  const loss = 1000 / Math.sqrt(iteration) + Math.sin(iteration);
  const attention = [loss / 100, loss / 200];
  return `${JSON.stringify({ iteration, loss, attention, features: loss / 2, seconds: 0.9876 })}\n`;
}
