// What this machine knows of the owners of claims.

import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { isAlive, thisProcess } from "../../../src/storage/node/index.ts";

const onLinux = process.platform === "linux";

it("knows that this process lives, and that one that ended is gone", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  expect(isAlive(thisProcess())).toBe(true);
  expect(isAlive({ ...thisProcess(), pid })).toBe(false);
});

it.runIf(onLinux)("tells a process from another that has its number now, by when it started", () => {
  expect(isAlive({ ...thisProcess(), started: "1" })).toBe(false);
  expect(isAlive({ ...thisProcess(), started: undefined })).toBe(true);
});

it("knows nothing of processes of other machines and containers", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (const number of [process.pid, pid]) {
    expect(isAlive({ ...thisProcess(), pid: number, host: "elsewhere" })).toBeUndefined();
    expect(isAlive({ ...thisProcess(), pid: number, pidNamespace: "pid:[1]" })).toBeUndefined();
    // Two machines of one host name, as cloned ones have it.
    expect(isAlive({ ...thisProcess(), pid: number, machine: "another" })).toBeUndefined();
  }
  expect(isAlive({ id: "a page" })).toBeUndefined();
});
