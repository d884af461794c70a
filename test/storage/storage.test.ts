// What every storage promises: in memory and in a folder.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { folder } from "../../src/lab/node/index.ts";
import { memory, type Storage, textOf } from "../../src/storage/index.ts";
import { storageContract } from "./contract.ts";

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});
function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), "datadam-storage-"));
  folders.push(path);
  return path;
}

describe.each<[string, () => Storage]>([
  ["memory", () => memory()],
  ["a folder", () => folder(join(scratch(), "made/later"))],
])("%s", (_, make) => storageContract(make));

describe("a folder", () => {
  it("writes whole files while another process sweeps the same folder", async () => {
    const path = scratch();
    const [writer, sweeper] = [folder(path), folder(path)];
    let done = false;
    const sweeping = (async () => {
      while (!done) {
        await sweeper.sweep();
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
    })();
    try {
      for (let i = 0; i < 200; i++) {
        await writer.write("x", String(i));
        expect(await textOf(writer, "x")).toBe(String(i));
      }
    } finally {
      done = true;
      await sweeping;
    }
    expect(readdirSync(path)).toEqual(["x"]);
  });

  it("sweeps what a killed writer left aside, and never lists it", async () => {
    const path = scratch();
    const storage = folder(path);
    writeFileSync(join(path, ".partial-0a1b2c"), "half");
    expect(await storage.list()).toEqual([]);
    await storage.sweep();
    expect(readdirSync(path)).toEqual([]);
  });

  it("is not made again where it was removed and is anchored, and neither is what is above it", async () => {
    const path = join(scratch(), "above/run");
    const storage = folder(path);
    await storage.write("a/b", "x");
    const anchored = storage.anchored!();
    await anchored.at("c").write("d/e", "y");
    rmSync(join(path, ".."), { recursive: true });
    for (const write of [
      () => anchored.write("a/b", "z"),
      () => anchored.at("c").append("d/e", "z"),
      () => anchored.create("new", "z"),
    ]) {
      await expect(write()).rejects.toMatchObject({ code: "IO" });
      expect(existsSync(join(path, ".."))).toBe(false);
    }
    await storage.write("a/b", "made");
    await anchored.write("c/d", "below it, folders are made");
    expect(readdirSync(path)).toEqual(["a", "c"]);
  });

  it("leaves nothing behind where a file cannot be put in its place", async () => {
    const path = scratch();
    mkdirSync(join(path, "taken"));
    await expect(folder(path).write("taken", "x")).rejects.toMatchObject({ code: "IO", message: /taken/ });
    expect(readdirSync(path)).toEqual(["taken"]);
  });
});
