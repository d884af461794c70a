import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createRun, openRun, readResults } from "../../src/run/index.ts";
import { makeRecord, makeRun, PLAIN, temporaryFolder } from "../support-run.ts";

function lockOf(pid: number, host = hostname()): string {
  return JSON.stringify({ pid, host });
}

it("lets one process at a time write a run, and names the other", () => {
  const folder = temporaryFolder();
  const run = makeRun(folder);
  expect(() => openRun(folder)).toThrow(`${folder} is being written by process ${process.pid}`);
  run.close();
  openRun(folder).close();
  expect(existsSync(join(folder, "lock"))).toBe(false);
});

it("takes over the lock of a process that is gone", () => {
  const folder = temporaryFolder();
  makeRun(folder).close();
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(join(folder, "lock"), lockOf(pid));
  openRun(folder).close();
  expect(readdirSync(folder).sort()).toEqual(["config.json"]);
});

it.each(["", "{", "null", '{"pid":-3,"host":"x"}'])("takes over the damaged lock %j", (content) => {
  const folder = temporaryFolder();
  makeRun(folder).close();
  writeFileSync(join(folder, "lock"), content);
  openRun(folder).close();
  expect(readdirSync(folder)).toEqual(["config.json"]);
});

it("respects the lock of another living process", () => {
  const folder = temporaryFolder();
  makeRun(folder).close();
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  onTestFinished(() => void other.kill());
  writeFileSync(join(folder, "lock"), lockOf(other.pid!));
  expect(() => openRun(folder)).toThrow(`is being written by process ${other.pid}`);
});

it.runIf(process.platform === "linux")("takes over a lock whose process number was given to another process", () => {
  const folder = temporaryFolder();
  makeRun(folder).close();
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }));
  openRun(folder).close();
  expect(readdirSync(folder)).toEqual(["config.json"]);
});

it("leaves the lock to a process that has taken it over", () => {
  const folder = temporaryFolder();
  const run = makeRun(folder);
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  onTestFinished(() => void other.kill());
  writeFileSync(join(folder, "lock"), lockOf(other.pid!));
  run.close();
  expect(readFileSync(join(folder, "lock"), "utf8")).toBe(lockOf(other.pid!));
  expect(() => openRun(folder)).toThrow(`is being written by process ${other.pid}`);
});

it("adds the results of processes that evaluate a run at once, one after the other", async () => {
  const folder = temporaryFolder();
  const script = `
    const { addResult } = await import(${JSON.stringify(new URL("../../dist/run/index.js", import.meta.url).href)});
    for (let i = 0; i < 20; i++) addResult(${JSON.stringify(folder)}, { created: process.argv[1] + i, iteration: i, distilled: {} });
  `;
  const processes = ["a", "b", "c"].map((name) =>
    spawn(process.execPath, ["--input-type=module", "-e", script, name], { stdio: "inherit" }),
  );
  await Promise.all(processes.map((child) => new Promise((resolve) => child.once("exit", resolve))));
  expect(readResults(folder)).toHaveLength(60);
  expect(readdirSync(folder)).toEqual(["result.json"]);
}, 30_000);

it("does not judge processes of another machine", () => {
  const folder = temporaryFolder();
  makeRun(folder).close();
  writeFileSync(join(folder, "lock"), lockOf(1, "elsewhere"));
  expect(() => openRun(folder)).toThrow("is being written by process 1 on elsewhere");
});

it("gives a claimed folder back without a trace", () => {
  const folder = join(temporaryFolder(), "a/b");
  const claim = createRun(folder);
  expect(() => createRun(folder)).toThrow("is being written by process");
  claim.release();
  expect(existsSync(folder)).toBe(false);
  createRun(folder).begin(makeRecord(), PLAIN).close();
  expect(readdirSync(folder)).toEqual(["config.json"]);
});
