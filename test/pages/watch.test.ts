// The watch page: what it sees of folders in any state, what it serves to whom, and a real run in a real browser.

import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { serveWatch, USUAL_PORT, type WatchServer } from "../../src/pages/node/index.ts";
import { WatchedPlan } from "../../src/pages/node/watch/watchedPlan.ts";
import { Watcher } from "../../src/pages/node/watch/watcher.ts";
import type { QueueLine } from "../../src/pages/watch/types.ts";
import { seriousFaults } from "../support/chromium.ts";
import { type CliProcess, runCli, startCli } from "../support-cli.ts";
import { HOSTILE, hasChromium, launch, openPage } from "./browser.ts";

const job = { kind: "distill", data: { dataset: "tiny" }, method: { preset: "quick", ipc: 2 } };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "datadam-watch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run's folder with some iterations. */
function make(name: string, iterations: number, { ended = false } = {}): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "job.json"), JSON.stringify(job));
  const time = (second: number): string => new Date(Date.now() - 60_000 + 1000 * second).toISOString();
  const events: object[] = [{ type: "started", claim: 1, time: time(0), job }];
  for (let done = 1; done <= iterations; done++)
    events.push({ type: "progress", claim: 1, time: time(done), stage: "distilling", done, total: 100 });
  if (ended) events.push({ type: "finished", claim: 1, time: time(iterations), result: {} });
  writeFileSync(join(path, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const rows = Array.from({ length: iterations }, (_, i) => ({
    iteration: i + 1,
    loss: 10 / (i + 1),
    features: 1 + i,
    seconds: 1,
  }));
  writeFileSync(join(path, "metrics.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

describe("a watcher", () => {
  const lineOf = (watcher: Watcher, name: string) => watcher.lines.find((line) => line.name === name);

  it("tells how each job stands, how far it is, and how long it will take", async () => {
    make("a", 20);
    const b = make("group/b", 5, { ended: true });
    make("group/b/evaluations/one", 1);
    const evaluations = [{ distilled: { mean: 40 } }, { distilled: { mean: 51.5 }, random: { mean: 30 } }];
    writeFileSync(join(b, "result.json"), JSON.stringify({ evaluations }));
    const watcher = new Watcher(folder);
    await watcher.look();
    expect(watcher.lines.map(({ name }) => name).sort()).toEqual(["a", "group/b", "group/b/evaluations/one"]);
    const running = { status: "running", stage: "distilling", done: 20, total: 100, left: 80, rows: 20, loss: 0.5 };
    expect(lineOf(watcher, "a")).toMatchObject({
      ...running,
      kind: "distill",
      about: "tiny, quick, 2 a class",
      part: false,
    });
    expect(lineOf(watcher, "group/b")).toMatchObject({ status: "finished", accuracy: 51.5, random: 30, left: null });
    expect(lineOf(watcher, "group/b/evaluations/one")!.part).toBe(true);
    const [loss, features] = watcher.run(lineOf(watcher, "a")!.id)!.curves();
    expect([loss!.name, loss!.points.length, loss!.points.at(-1), features!.name]).toEqual([
      "loss",
      20,
      { x: 20, y: 0.5 },
      "features",
    ]);
  });

  it("takes what is added, once its line is whole, and begins again with a file that took another's place", async () => {
    const path = make("a", 3);
    const watcher = new Watcher(folder);
    const changes: unknown[] = [];
    watcher.listen((change) => changes.push(change));
    await watcher.look();
    await watcher.look();
    expect(changes).toHaveLength(1);
    appendFileSync(join(path, "metrics.jsonl"), `{"iteration":4,"loss":7}\n{"iteration":5,"lo`);
    await watcher.look();
    expect(lineOf(watcher, "a")).toMatchObject({ rows: 4, loss: 7 });
    appendFileSync(join(path, "metrics.jsonl"), `ss":6}\n`);
    await watcher.look();
    expect(lineOf(watcher, "a")).toMatchObject({ rows: 5, loss: 6 });
    expect(changes).toHaveLength(3);
    writeFileSync(join(path, "new"), `{"iteration":1,"loss":9}\n`);
    renameSync(join(path, "new"), join(path, "metrics.jsonl"));
    await watcher.look();
    expect(lineOf(watcher, "a")).toMatchObject({ rows: 1, loss: 9 });
  });

  it("does not count lines of a claim after those of a higher one", async () => {
    const path = make("a", 3, { ended: true });
    const line = (claim: number, event: object): string => `${JSON.stringify({ claim, time: "", ...event })}\n`;
    appendFileSync(
      join(path, "events.jsonl"),
      line(3, { type: "resumed" }) + line(2, { type: "failed", message: "x" }),
    );
    const watcher = new Watcher(folder);
    await watcher.look();
    expect(lineOf(watcher, "a")!.status).toBe("running");
  });

  it("survives what is damaged, half-written, or goes away", async () => {
    const path = make("a", 3);
    make("b", 3);
    writeFileSync(join(make("c", 3), "job.json"), '{"kind": "dis');
    writeFileSync(
      join(path, "events.jsonl"),
      'null\n[]\n{"type":1,"claim":"x"}\n\u0000\n{"type":"progress","claim":1}\n',
    );
    writeFileSync(join(path, "metrics.jsonl"), '{"iteration":"x"}\n7\n{"iteration":1,"loss":null}\n');
    writeFileSync(join(path, "result.json"), '{"evaluations":[null]}');
    mkdirSync(join(folder, "b/grid.png"));
    const watcher = new Watcher(folder);
    await watcher.look();
    expect(lineOf(watcher, "a")).toMatchObject({ loss: null, accuracy: null, done: 0 });
    expect(lineOf(watcher, "b")!.grid).toBeNull();
    expect(lineOf(watcher, "c")!.status).toBe("unreadable");
    const gone: string[] = [];
    watcher.listen((change) => gone.push(...change.gone));
    rmSync(path, { recursive: true });
    await watcher.look();
    expect(gone).toHaveLength(1);
    expect(watcher.lines.map(({ name }) => name)).toEqual(["b", "c"]);
  });
});

describe("a plan that is watched", () => {
  /** A plan of six jobs: 0 done, 1 failed, 2 running, 3 lost, 4 stopped, 5 waiting. */
  function makePlan(name: string, count = 6): string {
    const path = join(folder, name);
    const put = (file: string, content: unknown): void => {
      mkdirSync(join(path, file, ".."), { recursive: true });
      writeFileSync(join(path, file), `${JSON.stringify(content)}\n`);
    };
    const stages = [{ name: "classes", first: 0, count, needs: null }];
    const whole = { by: "classes", notes: [], join: { how: "list" }, lease: 30, folder: ".", bytes: 9 };
    put("plan.json", { format: "datadam-plan/1", job, ...whole, stages, versions: {}, machine: {}, created: "" });
    put("jobs.jsonl", {});
    put("marks/done/0000/0000000.json", { index: 0 });
    put("marks/failed/0000/0000001.json", { index: 1, attempts: 2, message: HOSTILE[0] });
    for (const index of [2, 3]) {
      const owner = { id: `${index}`, host: `node${index}`, pid: 7 };
      put(`jobs/0000/000000${index}/claims/0001.json`, { owner, beat: 0 });
    }
    put("jobs/0000/0000002/job.json", job);
    put("jobs/0000/0000004/claims/0001.json", { owner: { id: "4" }, beat: 3, released: true });
    return path;
  }

  it("shows how many jobs wait, run, are done, failed, lost; a heart counts by the watcher's own clock", async () => {
    const path = makePlan("plan");
    let now = 0;
    const plan = new WatchedPlan(folder, "plan", () => now);
    await plan.look();
    // No beat was waited for yet.
    expect(plan.line!.counts).toEqual({ waiting: 1, running: 2, stopped: 1, lost: 0, failed: 1, done: 1 });
    for (const beat of [1, 2, 3]) {
      now += 20_000;
      const owner = { id: "2", host: "node2", pid: 7 };
      writeFileSync(join(path, "jobs/0000/0000002/claims/0001.json"), JSON.stringify({ owner, beat: 10 ** beat }));
      await plan.look();
    }
    expect(plan.line).toMatchObject({
      ...{ name: "plan", kind: "distill", by: "classes", jobs: 6, collected: false },
      counts: { waiting: 1, running: 1, stopped: 1, lost: 1, failed: 1, done: 1 },
      stages: [{ name: "classes", count: 6, done: 1 }],
      running: [{ index: 2, text: "process 7 on node2" }],
      lost: [{ index: 3, text: "process 7 on node3" }],
      failed: [{ index: 1, text: HOSTILE[0] }],
    });
  });

  it("comes and goes with its folder, tells what changed, and its jobs are parts", async () => {
    makePlan("group/plan");
    const watcher = new Watcher(folder);
    const changes: (number | undefined)[] = [];
    watcher.listen(({ plans }) => changes.push(plans?.length));
    await watcher.look();
    expect(watcher.plans.map(({ name }) => name)).toEqual(["group/plan"]);
    expect(watcher.lines.map(({ name, part }) => [name, part])).toEqual([["group/plan/jobs/0000/0000002", true]]);
    await watcher.look();
    rmSync(join(folder, "group"), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    await watcher.look();
    expect(changes).toEqual([1, 0]);
  });

  it("of many jobs is shown without them, and one that is damaged or says absurd things not at all", async () => {
    makePlan("many", 100_000);
    makePlan("absurd", 1e15);
    writeFileSync(join(makePlan("damaged"), "plan.json"), '{"format":');
    const watcher = new Watcher(folder);
    await watcher.look();
    expect(watcher.plans.map(({ name, jobs }) => [name, jobs])).toEqual([["many", 100_000]]);
    expect(watcher.plans[0]!.counts).toMatchObject({ waiting: 99_995, done: 1 });
    expect(watcher.lines.map(({ name }) => name)).toEqual(["damaged/jobs/0000/0000002"]);
  });

  it("is not read through links", async () => {
    const path = makePlan("plan");
    const outside = mkdtempSync(join(tmpdir(), "datadam-outside-"));
    writeFileSync(join(outside, "secret.json"), JSON.stringify({ index: 1, attempts: 1, message: "secret" }));
    rmSync(join(path, "marks/failed/0000/0000001.json"));
    symlinkSync(join(outside, "secret.json"), join(path, "marks/failed/0000/0000001.json"));
    const watcher = new Watcher(folder);
    await watcher.look();
    expect(watcher.plans[0]!.counts.failed).toBe(1);
    expect(JSON.stringify(watcher.plans)).not.toContain("secret");
    rmSync(outside, { recursive: true });
  });

  it.skipIf(!hasChromium)(
    "is a line of the page, in Chromium",
    async () => {
      makePlan(`<b>plan`);
      const server = await serveWatch(folder);
      const browser = await launch();
      try {
        const { page, complaints } = await openPage(browser, { viewport: { width: 400, height: 900 } });
        await page.goto(server.url);
        await page.waitForSelector("#plans tbody tr");
        const cells = await page.$$eval("#plans tbody tr :is(th, td)", (all) =>
          all.map(({ textContent }) => textContent),
        );
        expect(cells).toEqual(["<b>plan", "distill, by classes", " 1/6 classes", "1", "2", "1", "0", "1", "1"]);
        expect(await page.textContent("#troubles")).toBe(`<b>plan: job 1 failed: ${HOSTILE[0]}`);
        expect(await seriousFaults(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
        rmSync(join(folder, "<b>plan"), { recursive: true });
        await page.waitForFunction(() => document.querySelector<HTMLElement>("#plans")!.hidden);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
        await server.close();
      }
    },
    120_000,
  );
});

describe("a queue that is watched", () => {
  const state = { waiting: 3, later: 0, running: 1, workers: 1, jobs: [{ plan: HOSTILE[1]!, index: 4, text: "20 %" }] };
  /** A queue that gives what it is told to, and that counts what it is asked. */
  function viewOf(next: () => Promise<Omit<QueueLine, "name">>) {
    const view = {
      name: "redis://here:6379",
      asked: 0,
      closed: false,
      look() {
        view.asked++;
        return next();
      },
      async close() {
        view.closed = true;
      },
    };
    return view;
  }

  it("tells what has changed, that there is no answer, and is closed with the watcher", async () => {
    vi.useFakeTimers();
    try {
      let next = async (): Promise<Omit<QueueLine, "name">> => state;
      const view = viewOf(() => next());
      const watcher = new Watcher(folder, view);
      const told: (QueueLine | undefined)[] = [];
      watcher.listen(({ queue }) => told.push(queue));
      void watcher.start();
      await vi.advanceTimersByTimeAsync(5000);
      expect(view.asked).toBe(3);
      expect(told).toEqual([{ name: view.name, ...state }]);
      next = async () => ({ ...state, waiting: 2 });
      await vi.advanceTimersByTimeAsync(2000);
      expect(told.slice(1)).toEqual([{ name: view.name, ...state, waiting: 2 }]);
      next = () => new Promise(() => {});
      await vi.advanceTimersByTimeAsync(6000);
      const late = { name: view.name, ...state, waiting: 2, trouble: "Redis gives no answer" };
      expect(told.slice(2)).toEqual([late]);
      expect(watcher.queue).toEqual(late);
      next = async () => state;
      await vi.advanceTimersByTimeAsync(6000);
      expect(watcher.queue).toEqual({ name: view.name, ...state });
      await watcher.close();
      const { asked } = view;
      await vi.advanceTimersByTimeAsync(10_000);
      expect([view.asked, view.closed]).toEqual([asked, true]);
    } finally {
      vi.useRealTimers();
    }
  });

  it.skipIf(!hasChromium)(
    "is a sentence of the page, in Chromium",
    async () => {
      const view = viewOf(async () => state);
      const server = await serveWatch(folder, { queue: view });
      const browser = await launch();
      try {
        const { page, complaints } = await openPage(browser, { viewport: { width: 400, height: 900 } });
        await page.goto(server.url);
        await page.waitForFunction(() => !document.querySelector<HTMLElement>("#queue")!.hidden);
        expect(await page.textContent("#queue p")).toBe("redis://here:6379: 3 jobs wait, 1 runs on 1 worker");
        const shown = "\\u0007bell\\u202eright to left\\u2028line";
        expect(await page.textContent("#queue li")).toBe(`${shown}: job 4, 20 %`);
        expect(await seriousFaults(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
        await server.close();
      }
      expect(view.closed).toBe(true);
    },
    120_000,
  );
});

describe("its server", () => {
  let server: WatchServer;
  afterEach(() => server?.close());

  const get = (path: string, { host, method = "GET" }: { host?: string; method?: string } = {}) =>
    new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
      const headers = host === undefined ? {} : { host };
      const sent = request({ host: "127.0.0.1", port: server.port, path, method, headers }, (response) => {
        let body = "";
        response.on("data", (part: Buffer) => {
          body += part;
        });
        response.on("end", () => resolve({ status: response.statusCode!, body, headers: response.headers }));
      });
      sent.on("error", reject).end();
    });

  it("serves the page, curves, and two files of each run, and no other", async () => {
    const path = make("a", 3);
    writeFileSync(join(path, "grid.png"), "picture");
    writeFileSync(join(path, "report.html"), "<p>report");
    writeFileSync(join(folder, "secret"), "secret");
    server = await serveWatch(folder, { port: undefined });
    const { body, headers } = await get("/");
    expect(body).toContain("datadam watch");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    const watcher = new Watcher(folder);
    await watcher.look();
    const { id } = watcher.lines[0]!;
    expect(JSON.parse((await get(`/run/${id}/curves`)).body)[0].points).toHaveLength(3);
    expect(await get(`/run/${id}/grid.png?1`)).toMatchObject({ status: 200, body: "picture" });
    const report = await get(`/run/${id}/report.html`);
    expect(report.headers["content-security-policy"]).toContain("sandbox");
    for (const other of [
      `/run/${id}/job.json`,
      `/run/${id}/../../secret`,
      `/run/${id}/%2e%2e/secret`,
      "/../secret",
      "/secret",
      `/run/${id}/constructor`,
      "/run/0123456789abcdef/grid.png",
    ]) {
      expect((await get(other)).status, other).toBe(404);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect((await get("/", { method })).status).toBe(405);
  });

  it("follows no link out of the folder", async () => {
    const outside = mkdtempSync(join(tmpdir(), "datadam-outside-"));
    writeFileSync(join(outside, "grid.png"), "secret");
    const path = make("a", 3);
    symlinkSync(join(outside, "grid.png"), join(path, "grid.png"));
    cpSync(path, join(outside, "run"), { recursive: true });
    symlinkSync(outside, join(folder, "linked"));
    server = await serveWatch(folder);
    const watcher = new Watcher(folder);
    await watcher.look();
    expect(watcher.lines.map(({ name, grid }) => [name, grid])).toEqual([["a", null]]);
    expect((await get(`/run/${watcher.lines[0]!.id}/grid.png`)).status).toBe(404);
    rmSync(outside, { recursive: true });
  });

  it("answers only by its own names, so that no stranger's page can read it through a name of its own", async () => {
    server = await serveWatch(folder);
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`]) {
      expect((await get("/", { host })).status).toBe(200);
    }
    for (const host of ["evil.example", `evil.example:${server.port}`, "127.0.0.1:1", "localhost"]) {
      for (const path of ["/", "/events"]) expect((await get(path, { host })).status, host).toBe(403);
    }
  });

  it("takes another port where the usual one is taken, and says so where a given one is", async () => {
    server = await serveWatch(folder);
    const other = await serveWatch(folder);
    try {
      expect(other.port).not.toBe(server.port);
      expect([server.port, other.port]).not.toContain(0);
      if (server.port === USUAL_PORT) expect(other.port).not.toBe(USUAL_PORT);
      await expect(serveWatch(folder, { port: server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    } finally {
      await other.close();
    }
  });
});

describe.skipIf(!hasChromium)("the page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it("follows a real run of another process to its end", async () => {
    const server = await serveWatch(folder);
    const { page, complaints } = await openPage(browser);
    page.setDefaultTimeout(180_000);
    let run: CliProcess | undefined;
    try {
      await page.goto(server.url);
      await page.waitForSelector("#empty:not([hidden])");
      const words = ["distill", "--ipc", "1", "--iterations", "100", "--set", "width=8", "--workers", "1"];
      const more = ["--checkpoint-every", "20", "--progress", "json", "--out", join(folder, "live")];
      // It stands still in its midst until all of it was seen.
      run = startCli([...words, ...more], { pauseAt: '"done":60,' });
      await run.paused();
      await page.waitForSelector("#runs tbody .status.running");
      await page.check('#runs tbody input[type="checkbox"]');
      await page.waitForSelector("#curves svg");
      await page.waitForFunction(() => {
        const bar = document.querySelector<HTMLProgressElement>("#runs progress");
        return bar !== null && bar.value > 0 && bar.value < bar.max;
      });
      const seen = () => {
        const picture = document.querySelector<HTMLImageElement>("#pictures img");
        return picture !== null && picture.naturalWidth > 0 ? picture.src : undefined;
      };
      const early = await page.waitForFunction(seen);
      run.goOn();
      const { code, stderr } = await run.finished;
      expect(code, stderr).toBe(0);
      await page.waitForSelector("#runs tbody .status.finished");
      // Its last picture.
      await page.waitForFunction(
        (before) => {
          const picture = document.querySelector<HTMLImageElement>("#pictures img")!;
          return picture.src !== before && picture.naturalWidth > 0;
        },
        (await early.jsonValue())!,
      );
      expect(await page.textContent("#runs tbody th")).toBe("live");
      // A link to its report, which works there.
      expect((await runCli(["report", join(folder, "live"), "--quiet"])).code).toBe(0);
      const link = await page.waitForSelector("#runs tbody th a");
      const [report] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
      await report.focus('[data-do="slide"]');
      await report.keyboard.press("Home");
      expect(await report.textContent("output")).toBe("0 of 100");
      await report.close();
      rmSync(join(folder, "live"), { recursive: true });
      await page.waitForFunction(() => document.querySelectorAll("#runs tbody tr").length === 0);
      expect(complaints).toEqual([]);
    } finally {
      run?.child.kill("SIGKILL");
      await page.close();
      await server.close();
    }
  }, 400_000);

  it("sorts and filters, shows hostile names as text, and has no serious fault of access", async () => {
    const names = [`<img src=x onerror="alert(1)">`, `b${HOSTILE[1]!.slice(1)}`, `c${"long".repeat(50)}`];
    for (const [i, name] of names.entries()) make(name, 10 * (i + 1), { ended: i === 1 });
    const server = await serveWatch(folder);
    for (const [colorScheme, width] of [
      ["light", 1600],
      ["dark", 400],
    ] as const) {
      const { page, complaints } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
      await page.goto(server.url);
      await page.waitForSelector("#runs tbody tr:nth-child(3)");
      const shown = () => page.$$eval("#runs tbody th bdi", (all) => all.map(({ textContent }) => textContent));
      await page.click('[data-sort="name"]');
      expect(await shown()).toEqual([names[0], "bbell\\u202eright to left\\u2028line", names[2]]);
      await page.click('[data-sort="progress"]');
      expect((await shown())[0]).toBe(names[2]);
      await page.fill("#filter", "finished tiny");
      expect(await shown()).toHaveLength(1);
      await page.fill("#filter", "");
      for (const box of await page.$$('#runs tbody input[type="checkbox"]')) await box.check();
      await page.waitForSelector("#curves svg");
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      await page.close();
    }
    await server.close();
  });
});
