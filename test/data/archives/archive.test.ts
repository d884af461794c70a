import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, file, gzip, tar, tree } from "../files.ts";

const red = colour([200, 10, 20]);
const blue = colour([10, 20, 200]);
const files = { "f/b/2.png": blue, "f/a/1.png": red, "f/b/10.png": red, "f/readme.md": Buffer.from("hello") };
const small = { size: 2 };
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

describe("a tar archive of class folders", () => {
  test("gives the same set as the folder, plain or gzipped, in any order of entries", async () => {
    const folder = await loadDataset(join(tree(files), "f"), small);
    for (const bytes of [await tar(files), gzip(await tar(files))]) {
      expect(await loadDataset(file("f.tgz", bytes), small)).toEqual(folder);
    }
    const turned = Object.fromEntries(Object.entries(files).reverse());
    expect(await loadDataset(file("f.tar", await tar(turned)), small)).toEqual(folder);
  });

  test.each([
    ["a path that leads out", { "../evil/1.png": red }, /"\.\.\/evil\/1.png" leads out/],
    ["a path that leads out further down", { "f/a/../../../x.png": red }, /leads out/],
    ["an absolute path", { "/etc/1.png": red }, /absolute/],
    ["a drive", { "C:\\a\\1.png": red }, /absolute/],
    ["a link that is absolute", { "f/a/2.png": { type: "symlink", linkname: "/etc/passwd" } as const }, /leads out/],
    ["a link that leads out", { "f/a/2.png": { type: "symlink", linkname: "../../../x.png" } as const }, /leads out/],
    ["a hard link that leads out", { "f/a/2.png": { type: "link", linkname: "../x.png" } as const }, /leads out/],
    [
      "a link to nowhere",
      { "f/a/2.png": { type: "link", linkname: "f/a/9.png" } as const },
      /f\/a\/9.png", which is not/,
    ],
    [
      "links in a circle",
      {
        "f/a/2.png": { type: "symlink", linkname: "3.png" } as const,
        "f/a/3.png": { type: "symlink", linkname: "2.png" } as const,
      },
      /is a link to "f\/a\/3.png", which is not in the archive/,
    ],
    ["a device", { "f/a/2.png": { type: "character-device" } as const }, /neither a file nor a folder/],
    ["an empty image", { "f/a/0.png": new Uint8Array(0) }, /f.tar: f\/a\/0.png" is empty/],
    ["an empty class folder", { "f/c": { type: "directory" } as const }, /f\/c" holds no image/],
  ])("refuses %s", async (_, more, message) => {
    const path = file("f.tar", await tar({ ...files, ...more }));
    await expect(loadDataset(path, small)).rejects.toMatchObject(refused(message));
  });

  test("links stand for the files and folders of the archive that they lead to", async () => {
    const linked = {
      "f/a/2.png": { type: "link", linkname: "f/a/1.png" } as const,
      "f/b/10.png": { type: "symlink", linkname: "../b/2.png" } as const,
      "f/README.md": { type: "symlink", linkname: "none.md" } as const,
      "f/a/1.png": red,
      "f/b/2.png": { type: "symlink", linkname: "3.png" } as const,
      "f/b/3.png": blue,
      "f/c": { type: "symlink", linkname: "a" } as const,
    };
    const plain = {
      "a/1.png": red,
      "a/2.png": red,
      "b/10.png": blue,
      "b/2.png": blue,
      "b/3.png": blue,
      "c/1.png": red,
      "c/2.png": red,
    };
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const tarred = await loadDataset(file("f.tar", await tar(linked)), { ...small, onWarning });
    expect({ ...tarred.train, name: "", image: 0 }).toEqual({
      ...(await loadDataset(tree(plain), small)).train,
      name: "",
      image: 0,
    });
    expect(warnings).toEqual([]);
  });

  test("refuses an image twice", async () => {
    const path = file("f.tar", await tar({ ...files, "./f/a/1.png": blue }));
    await expect(loadDataset(path, small)).rejects.toMatchObject(refused(/"f\/a\/1.png" twice/));
  });

  test("refuses what unpacks to more than the limit, however small it is packed", async () => {
    const bomb = gzip(await tar({ ...files, "f/zeros.bin": new Uint8Array(20e6) }));
    expect(bomb.length).toBeLessThan(50_000);
    const path = file("f.tgz", bomb);
    await expect(loadDataset(path, { ...small, maxArchiveBytes: 1e6 })).rejects.toMatchObject(
      refused(/limit of 1000000/),
    );
    expect((await loadDataset(path, small)).train.count).toBe(3);
  });

  /** Gives the first entry a size of 8 GiB. */
  const inflate = (bytes: Buffer): Buffer => {
    bytes.write("77777777777\0", 124);
    bytes.write("        ", 148);
    const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return bytes;
  };

  test("does not wait for the bytes of a folder that claims to have some", async () => {
    const bytes = inflate(await tar({ f: { type: "directory" }, ...files }));
    expect((await loadDataset(file("f.tar", bytes), small)).train.count).toBe(3);
  });

  test("refuses one file that claims to be huge before reading it", async () => {
    const bytes = inflate(await tar({ "f/a/1.png": red }));
    await expect(loadDataset(file("f.tar", bytes), small)).rejects.toMatchObject(refused(/has 8589934591 bytes/));
  });

  test.each([0xc6, 0xff, 0x80])("refuses a size that is no octal number (its first byte %i)", async (first) => {
    const bytes = await tar(files);
    bytes.fill(first, 124, 136); // was a wait without end
    bytes.fill(0x20, 148, 156);
    const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    await expect(loadDataset(file("f.tar", bytes), small)).rejects.toMatchObject(refused(/f.tar" was refused/));
  });

  test("refuses an archive cut off anywhere, and one that is none", async () => {
    const whole = await tar(files);
    const packed = gzip(whole);
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (zip, part) => {
          // up to one of the two blocks of zeros at the end may be missing
          const bytes = zip
            ? packed.subarray(0, part * packed.length)
            : whole.subarray(0, part * (whole.length - 1024));
          await expect(loadDataset(file("f.tgz", bytes), small)).rejects.toMatchObject(refused(/f.tgz" was refused/));
        },
      ),
      { numRuns: 60 },
    );
    for (const bytes of [Buffer.from("no archive"), Buffer.alloc(5000, 7), gzip(Buffer.alloc(5000, 7))]) {
      await expect(loadDataset(file("f.tgz", bytes), small)).rejects.toMatchObject(refused(/f.tgz" was refused/));
    }
  });

  test("a damaged archive is read or refused, nothing else", async () => {
    const whole = await tar(files);
    for (const base of [whole, gzip(whole)]) {
      const path = file("f.tar", base);
      const { writeFileSync } = await import("node:fs");
      await fc.assert(
        fc.asyncProperty(fc.nat(base.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
          const bytes = Buffer.from(base);
          bytes[at] ^= flip;
          writeFileSync(path, bytes);
          const error = await loadDataset(path, small).then(
            () => undefined,
            (e) => e,
          );
          if (error !== undefined) expect(error).toMatchObject({ name: "DatadamError" });
        }),
        { numRuns: 150 },
      );
    }
  });
});
