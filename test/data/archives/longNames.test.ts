// Names that do not fit a header of a tar archive, as GNU tar and pax write them (Python's tarfile made the archive).

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { readTar } from "../../../src/data/archives/tar.ts";
import { tar } from "../files.ts";

const NAMES = [`a/${"x".repeat(150)}.txt`, "b/é.txt", `c/${"d/".repeat(60)}e.txt`];
const LINK = `l/${"y".repeat(120)}`;

const PYTHON = `
import io, sys, tarfile
names, link = sys.argv[2:-1], sys.argv[-1]
out = io.BytesIO()
archive = tarfile.open(fileobj=out, mode="w", format=getattr(tarfile, sys.argv[1] + "_FORMAT"))
for i, name in enumerate(names):
    info = tarfile.TarInfo(name)
    info.size = 600 + i
    archive.addfile(info, io.BytesIO(bytes([i]) * info.size))
info = tarfile.TarInfo(link)
info.type, info.linkname = tarfile.SYMTYPE, "../" + names[0]
archive.addfile(info)
archive.close()
sys.stdout.buffer.write(out.getvalue())
`;

/** Entries of an archive that comes in pieces of a size. */
async function entriesOf(bytes: Uint8Array, piece: number) {
  const found: [path: string, length: number, first: number | undefined, link: string | undefined][] = [];
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const options = { maxBytes: 2 ** 20, maxFileBytes: 2 ** 20, want: () => true, links: true };
  for await (const { path, bytes: contents, link } of readTar("it.tar", pieces(), options)) {
    found.push([path, contents.length, contents[0], link?.to]);
  }
  return found;
}

const expected = [...NAMES.map((name, i) => [name, 600 + i, i, undefined]), [LINK, 0, undefined, NAMES[0]]];

test.each(["GNU", "PAX"])("reads names and links of any length: %s", async (format) => {
  const { status, stdout } = spawnSync("/usr/bin/python3", ["-c", PYTHON, format, ...NAMES, LINK]);
  expect(status).toBe(0);
  for (const piece of [1000, 512, 7]) expect(await entriesOf(stdout, piece), `${piece}`).toEqual(expected);
});

test("reads what another writer makes of them, and refuses them without an end", async () => {
  const files = Object.fromEntries(NAMES.map((name, i) => [name, new Uint8Array(600 + i).fill(i)]));
  const bytes = await tar({ ...files, [LINK]: { type: "symlink", linkname: `../${NAMES[0]}` } });
  expect(await entriesOf(bytes, 4096)).toEqual(expected);
  await expect(entriesOf(bytes.subarray(0, bytes.length - 1024), 4096)).rejects.toThrow("it was cut off");
  await expect(entriesOf(bytes.subarray(0, 700), 100)).rejects.toThrow("damaged, cut off, or not a tar archive");
});
