// What every storage promises: in memory and in a folder.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { folder } from "../../src/lab/node/index.ts";
import { memory, type Storage, textOf } from "../../src/storage/index.ts";

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
])("%s", (_, make) => {
  it("reads what was written, whole and by position", async () => {
    const storage = make();
    await storage.write("a/b.bin", Uint8Array.of(1, 2, 3, 4));
    expect(await storage.read("a/b.bin")).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(await storage.readAt("a/b.bin", 1, 2)).toEqual(Uint8Array.of(2, 3));
    expect(await storage.readAt("a/b.bin", 3, 9)).toEqual(Uint8Array.of(4));
    expect(await storage.size("a/b.bin")).toBe(4);
    expect(await storage.at("a").read("b.bin")).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  it("has nothing where nothing was written", async () => {
    const storage = make();
    expect(await storage.read("x")).toBeUndefined();
    expect(await storage.size("x")).toBeUndefined();
    expect(await storage.size("claims")).toBeUndefined();
    expect(await storage.list()).toEqual([]);
    expect(await storage.list("x")).toEqual([]);
    await storage.remove("x");
    await expect(storage.readAt("x", 0, 1)).rejects.toMatchObject({ code: "IO" });
  });

  it("lists files and folders, sorted", async () => {
    const storage = make();
    for (const path of ["b", "a/2", "a/1/x", "c"]) await storage.write(path, path);
    expect(await storage.list()).toEqual(["a/", "b", "c"]);
    expect(await storage.list("a")).toEqual(["1/", "2"]);
    await storage.remove("a");
    expect(await storage.list()).toEqual(["b", "c"]);
  });

  it("creates a file once", async () => {
    const storage = make();
    const won = await Promise.all(Array.from({ length: 10 }, (_, i) => storage.create("one", `${i}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await textOf(storage, "one")).toBe(String(won.indexOf(true)));
    expect(await storage.list()).toEqual(["one"]);
  });

  it("appends", async () => {
    const storage = make();
    await storage.append("rows", "a\n");
    await storage.append("rows", Uint8Array.of(98, 10), { flush: true });
    await storage.append("rows", "", { flush: true });
    expect(await textOf(storage, "rows")).toBe("a\nb\n");
  });

  it.each(["", "/x", "../x", "a/../../x", "a//b", "./a"])("refuses the path %j", async (path) => {
    await expect((async () => make().write(path, "x"))()).rejects.toThrow(RangeError);
  });

  it("keeps a copy of what it was given", async () => {
    const storage = make();
    const bytes = Uint8Array.of(1);
    await storage.write("a", bytes);
    bytes[0] = 2;
    expect(await storage.read("a")).toEqual(Uint8Array.of(1));
  });
});

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
