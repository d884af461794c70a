// The options of reading: one table from which checks, records, help and the values of texts follow.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { loadDataset, readingOptions, readingSchema } from "../../src/data/index.ts";
import {
  decidingReading,
  describeReading,
  parseReading,
  readingChoices,
  readingFromText,
  readingKeys,
  recordedReading,
} from "../../src/data/readingOptions.ts";

describe("options of reading", () => {
  test.each([
    [{ size: 0 }, "size must be a whole number from 1 to 4096, but it is 0"],
    [{ size: 4097 }, "size must be a whole number from 1 to 4096, but it is 4097"],
    [{ size: 32.5 }, "but it is 32.5"],
    [{ channels: 2 }, "channels must be 1 (grey) or 3 (RGB), but it is 2"],
    [{ split: 1.5 }, "split must be a fraction above 0 and up to 1, such as 0.8"],
    [{ labels: "all" }, 'labels must be fine or coarse, but it is "all"'],
    [{ store: "ram" }, 'store must be memory, disk or auto, but it is "ram"'],
    [{ corrupt: null }, "corrupt must be fail or skip, but it is null"],
    [{ seed: -1 }, "seed must be a whole number from 0"],
    [{ flippable: "no" }, "flippable must be true or false"],
    [{ maxArchiveBytes: 0 }, "maxArchiveBytes must be a positive number"],
    [{ sise: 32 }, 'there is no option of reading "sise"'],
  ])("%j is refused with what it must be", async (options, message) => {
    const refusal = { code: "INVALID_OPTION", message: expect.stringContaining(message) };
    await expect(loadDataset("builtin", options as object)).rejects.toMatchObject(refusal);
  });

  test("every problem is named at once, with where it comes from", () => {
    const where = (key: string) => ` (line of ${key})`;
    expect(() => parseReading({ size: 0, split: 2, size2: 1 }, where)).toThrow(
      /size must .* \(line of size\)\n {2}split must .*\n {2}there is no option of reading "size2" \(line of size2\)/,
    );
  });

  test("keys without a value are absent", () => {
    expect(Object.keys(parseReading({ size: undefined, split: 0.5 }))).toEqual(["split"]);
  });

  test("a text becomes the value that it stands for", () => {
    expect(readingFromText("size", "64")).toBe(64);
    expect(readingFromText("split", "0.75")).toBe(0.75);
    expect(readingFromText("flippable", "false")).toBe(false);
    expect(readingFromText("labels", "coarse")).toBe("coarse");
    expect(readingFromText("cacheDir", "12")).toBe("12");
    expect(() => readingFromText("size", "big", " (DATADAM_SIZE)")).toThrow('but it is "big" (DATADAM_SIZE)');
    expect(() => readingFromText("channels", "")).toThrow('but it is ""');
  });

  test("a run records what is given, and tells apart what decides the images", () => {
    const given = parseReading({ store: "disk", cacheDir: "/tmp", split: 0.5, size: 16 });
    expect(Object.keys(recordedReading(given))).toEqual(["size", "split", "store"]);
    expect(Object.keys(decidingReading(given))).toEqual(["size", "split"]);
  });

  test("help follows from the table", () => {
    expect(describeReading("corrupt")).toMatch(/\(default: fail\)$/);
    expect(readingChoices("store")).toEqual(["memory", "disk", "auto"]);
    expect(readingChoices("size")).toBeUndefined();
    const { properties } = z.toJSONSchema(readingSchema);
    expect(Object.keys(properties ?? {})).toEqual([...readingKeys]);
    for (const key of readingKeys) {
      expect(properties?.[key], key).toMatchObject({ description: describeReading(key) });
      expect(readingOptions[key].about.length, key).toBeGreaterThan(10);
    }
  });

  test("defaults are values that the schema takes", () => {
    for (const key of readingKeys) {
      const { schema, default: value } = readingOptions[key];
      if (value !== undefined) expect(schema.parse(value)).toBe(value);
    }
  });

  test("the table is light: it loads nothing but the bounds, so that help comes at once", () => {
    const importsOf = (path: string): string[] => {
      const source = readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8");
      return [...source.matchAll(/^import (?!type ).*/gm)].map(([line]) => line);
    };
    expect(importsOf("data/readingTable.ts")).toEqual(['import { LIMITS } from "../limits.ts";']);
    expect(importsOf("limits.ts")).toEqual([]);
  });
});
