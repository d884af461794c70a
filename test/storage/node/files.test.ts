import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonicalJson, ioError, readError, writeAtomic } from "../../../src/run/index.ts";
import { temporaryFolder } from "../../support-run.ts";

it("replaces a file whole and leaves nothing beside it", () => {
  const folder = temporaryFolder();
  writeAtomic(join(folder, "a"), "old");
  writeAtomic(join(folder, "a"), "new");
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
});

it("leaves the folder as it was where it fails", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "a"));
  writeFileSync(join(folder, "a/inside"), "kept");
  expect(() => writeAtomic(join(folder, "a"), "new")).toThrow(
    `Cannot write ${join(folder, "a")}: a folder is in its place`,
  );
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a/inside"), "utf8")).toBe("kept");
});

it.each([
  [
    "ENOSPC",
    "Cannot write x: the disk is full",
    "Free some space, then resume; or start again, where no checkpoint was written yet. What was written before is intact.",
  ],
  ["EROFS", "Cannot write x: the file system is read-only", "Choose another folder."],
  ["EACCES", "Cannot write x: permission denied", "Choose a folder that you may write to."],
])("says what %s means and what helps", (code, message, hint) => {
  const cause = Object.assign(new Error("system"), { code });
  expect(ioError(cause, "Cannot write x")).toMatchObject({ code: "IO", message, hint, cause });
});

it.each([
  ["ENOENT", "Cannot read x: there is no such file"],
  ["EISDIR", "Cannot read x: it is a folder"],
  ["EACCES", "Cannot read x: permission denied"],
])("says what %s means of a file that is only read", (code, message) => {
  const cause = Object.assign(new Error("system"), { code });
  expect(readError(cause, "Cannot read x")).toMatchObject({ code: "IO", message, hint: undefined, cause });
});

it("writes equal values as equal text", () => {
  expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: "x" })).toBe('{"a":"x","b":[1,{"c":2,"d":1}]}');
});
