// Values with far more wrong in them than anyone reads: counted, the first named, and soon.

import { describe, expect, it } from "vitest";
import { job } from "../../src/lab/index.ts";
import { parseTable } from "../../src/lab/tables/index.ts";

const many = (value: unknown): object =>
  Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`key${i}`, value]));
const TABLE = { dataset: "builtin", columns: [{ name: "a", ipc: 1 }], rows: [{ name: "r", select: "random" }] };
const row = (more: object): object => ({ ...TABLE, rows: [{ name: "r", ...more }] });

describe("30,000 problems", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["of a job", () => job({ kind: "distill", ...many(1) }), /^30000 problems in the job:\n {2}unknown key "key0"\n/],
    [
      "of a method",
      () => job({ kind: "distill", data: { dataset: "builtin" }, method: many(1) }),
      /^30000 problems in the job:\n {2}method: unknown configuration key "key0"\n/,
    ],
    ["of a table", () => parseTable({ ...TABLE, ...many(1) }, "t.json"), /^30000 problems in t\.json:/],
    ["of a row", () => parseTable(row({ distill: "dm", config: many(1) }), "t.json"), /^30000 problems in t\.json:/],
    ["of cells", () => parseTable(row({ select: "random", cells: many({}) }), "t.json"), /^30000 problems/],
    [
      "of rows",
      () => parseTable({ ...TABLE, rows: Array.from({ length: 30_000 }, (_, i) => ({ name: `${i}` })) }, "t.json"),
      /^30000 problems in t\.json:/,
    ],
    [
      "of a table as a job",
      () => job({ kind: "table", ...row({ distill: "dm", config: many(1) }) }),
      /^30000 problems in the job:/,
    ],
  ])("%s", (_, read, message) => {
    const began = process.cpuUsage();
    let error = new Error("was read");
    try {
      read();
    } catch (thrown) {
      error = thrown as Error;
    }
    const { user } = process.cpuUsage(began);
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(message) });
    expect(error.message.split("\n")).toHaveLength(22);
    expect(error.message).toMatch(/\n {2}and \d+ more$/);
    expect(user / 1e6).toBeLessThan(10);
  });

  it("a value, a name and a key that are very long are cut", () => {
    const long = "x".repeat(4e6);
    for (const value of [{ kind: long }, { kind: "distill", [long]: 1 }, { kind: "distill", data: { dataset: "builtin" }, method: { ipc: long } }]) {
      expect(() => job(value)).toThrow(/^.{1,800}$/s);
    } // biome-ignore format: one list
  });
});
