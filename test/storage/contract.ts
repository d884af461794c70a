// What every storage promises.

import { expect, it } from "vitest";
import { type Storage, textOf } from "../../src/storage/index.ts";

/** Tests of a kind of storage. @param make an empty one */
export function storageContract(make: () => Storage): void {
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
}
