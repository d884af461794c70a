import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, damageAnywhere, file, tree } from "../files.ts";

const red = colour([200, 10, 20]);
const blue = colour([10, 20, 200]);
const files = { "f/b/2.png": blue, "f/a/1.png": red, "f/b/10.png": red, "f/readme.md": Buffer.from("hello") };
const small = { size: 2 };
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });
const zip = (level: 0 | 6 = 6, of: Readonly<Record<string, Uint8Array>> = files) =>
  Buffer.from(zipSync(of, { level, mtime: new Date(1980, 0, 1) }));

const LOCAL = "PK\x03\x04";
const CENTRAL = "PK\x01\x02";
const END = "PK\x05\x06";
const at = (bytes: Buffer, mark: string, from = 0) => bytes.indexOf(mark, from, "latin1");

/** Both headers of the first file changed, at their own offsets. */
function change(bytes: Buffer, edit: (bytes: Buffer, local: number, central: number) => void): Buffer {
  edit(bytes, at(bytes, LOCAL), at(bytes, CENTRAL));
  return bytes;
}

/** The same archive with the end of its directory written as zip64. */
function zip64(bytes: Buffer): Buffer {
  const end = at(bytes, END);
  const [count, size, offset] = [
    bytes.readUInt16LE(end + 10),
    bytes.readUInt32LE(end + 12),
    bytes.readUInt32LE(end + 16),
  ];
  const record = Buffer.alloc(56);
  record.write("PK\x06\x06", "latin1");
  record.writeBigUInt64LE(44n, 4);
  for (const [place, value] of [[24, count], [32, count], [40, size], [48, offset]]) record.writeBigUInt64LE(BigInt(value), place); // biome-ignore format: pairs
  const locator = Buffer.alloc(20);
  locator.write("PK\x06\x07", "latin1");
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  const old = Buffer.from(bytes.subarray(end));
  old.fill(0xff, 8, 20);
  return Buffer.concat([bytes.subarray(0, end), record, locator, old]);
}

describe("a zip archive of class folders", () => {
  test("gives the same set as the folder, stored or deflated, zip64, with folders, in any order", async () => {
    const folder = await loadDataset(join(tree(files), "f"), small);
    const turned = Object.fromEntries(Object.entries(files).reverse());
    const folders = { "f/": new Uint8Array(0), "f/a/": new Uint8Array(0), ...files };
    for (const bytes of [zip(0), zip(6), zip64(zip()), zip(6, turned), zip(6, folders)]) {
      expect(await loadDataset(file("f.zip", bytes), small)).toEqual(folder);
    }
  });

  test("is known by its content, not by its name", async () => {
    expect((await loadDataset(file("f.tgz", zip()), small)).train.count).toBe(3);
  });

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ["a path that leads out", { "../evil/1.png": red }, /relative path: \.\.\/evil\/1.png/],
    ["a path that leads out further down", { "f/a/../../../x.png": red }, /relative path: f\/a/],
    ["an absolute path", { "/etc/1.png": red }, /absolute path: \/etc/],
    ["a drive", { "C:\\a\\1.png": red }, /absolute path: C:/],
    ["an empty image", { "f/a/0.png": new Uint8Array(0) }, /f.zip: f\/a\/0.png" is empty/],
    ["an empty class folder", { "f/c/": new Uint8Array(0) }, /f\/c" holds no image/],
    ["a name twice", { "./f/a/1.png": red }, /holds "f\/a\/1.png" twice/],
  ])("refuses %s", async (_, more, message) => {
    await expect(loadDataset(file("f.zip", zip(6, { ...files, ...more })), small)).rejects.toMatchObject(
      refused(message),
    );
  });

  test.each<[string, (bytes: Buffer, local: number, central: number) => void, RegExp]>([
    ["an encrypted file", (b, _, c) => b.writeUInt16LE(1, c + 8), /"f\/b\/2.png" is encrypted/],
    ["another method", (b, _, c) => b.writeUInt16LE(14, c + 10), /"f\/b\/2.png" is packed by method 14/],
    ["a link to nowhere", (b, _, c) => b.writeUInt32LE((0o120777 << 16) >>> 0, c + 38), /"f\/b\/2.png" is a link/],
    ["a wrong checksum", (b, _, c) => b.writeUInt32LE(1, c + 16), /2.png" is damaged \(its checksum/],
    ["a size that is too small", (b, _, c) => b.writeUInt32LE(3, c + 24), /2.png" is damaged/],
    ["a size that is too large", (b, _, c) => b.writeUInt32LE(3000, c + 24), /2.png" is damaged .* not to 3000/],
    ["a file that would be huge", (b, _, c) => b.writeUInt32LE(2e8, c + 24), /2.png" has 200000000 bytes/],
    ["a packed size past the end", (b, _, c) => b.writeUInt32LE(1e8, c + 20), /2.png" is damaged .*overflows/],
    ["a local header elsewhere", (b, _, c) => b.writeUInt32LE(7, c + 42), /2.png" is damaged/],
    ["another disk", (b) => b.writeUInt16LE(3, at(b, END) + 4), /multi-disk/],
    ["a directory elsewhere", (b) => b.writeUInt32LE(5, at(b, END) + 16), /central directory/],
    ["a directory past the end", (b) => b.writeUInt32LE(1e9, at(b, END) + 16), /points to byte 1000000000/],
    ["more files than there are", (b) => b.writeUInt16LE(9, at(b, END) + 10), /f.zip" was refused/],
  ])("refuses %s", async (_, edit, message) => {
    await expect(loadDataset(file("f.zip", change(zip(), edit)), small)).rejects.toMatchObject(refused(message));
  });

  test("links stand for the files that they lead to, and may not lead out", async () => {
    const packed = (target: string) => {
      const bytes = zip(0, { "f/a/9.png": Buffer.from(target), ...files });
      bytes.writeUInt16LE((3 << 8) | 20, at(bytes, CENTRAL) + 4);
      bytes.writeUInt32LE((0o120777 << 16) >>> 0, at(bytes, CENTRAL) + 38);
      return file("f.zip", bytes);
    };
    const { train } = await loadDataset(packed("../b/2.png"), small);
    expect([train.count, [...train.image(1)]]).toEqual([4, [10, 10, 10, 10, 20, 20, 20, 20, 200, 200, 200, 200]]);
    for (const target of ["/etc/passwd", "../../../x.png", "C:\\x.png"]) {
      await expect(loadDataset(packed(target), small)).rejects.toMatchObject(
        refused(/9.png" is a link that leads out/),
      );
    }
  });

  test("the parts of a split archive are told with how to join them", async () => {
    const parts = {
      "f.z01": "PK\x07\x08PK\x03\x04",
      "f.zip.001": "PK\x03\x04",
      "f.tar.aa": "x",
      "f.7z": "7z\xbc\xaf\x27\x1c",
    };
    for (const [name, head] of Object.entries(parts)) {
      await expect(loadDataset(file(name, Buffer.from(head, "latin1")))).rejects.toMatchObject({
        code: "INVALID_DATA",
        hint: expect.stringMatching(/zip -s 0|cat|Unpack/),
      });
    }
    const last = change(zip(), (bytes) => bytes.writeUInt16LE(3, at(bytes, END) + 4));
    await expect(loadDataset(file("f.zip", last))).rejects.toMatchObject({ hint: expect.stringContaining("zip -s 0") });
  });

  test("refuses zip64 positions that no file has", async () => {
    const bytes = zip64(zip());
    bytes.fill(0xff, at(bytes, "PK\x06\x06") + 48, at(bytes, "PK\x06\x06") + 56);
    await expect(loadDataset(file("f.zip", bytes), small)).rejects.toMatchObject(refused(/points to byte/));
  });

  test("refuses what unpacks to more than the limit, however small it is packed", async () => {
    const bomb = zip(6, { ...files, "f/zeros.bin": new Uint8Array(20e6) });
    expect(bomb.length).toBeLessThan(50_000);
    const path = file("f.zip", bomb);
    await expect(loadDataset(path, { ...small, maxArchiveBytes: 1e6 })).rejects.toMatchObject(
      refused(/limit of 1000000/),
    );
    expect((await loadDataset(path, small)).train.count).toBe(3);
  });

  test("a damaged archive, cut off or changed anywhere, is read or refused, nothing else", async () => {
    for (const base of [zip(0), zip(6), zip64(zip())]) {
      const path = file("f.zip", base);
      const load = async (bytes: Uint8Array) => {
        writeFileSync(path, bytes);
        const error = await loadDataset(path, small).then(
          () => undefined,
          (e) => e,
        );
        if (error !== undefined) expect(error).toMatchObject({ name: "DatadamError" });
        return error;
      };
      await damageAnywhere(base, { changed: 400, cut: 50 }, load);
    }
  });
});
