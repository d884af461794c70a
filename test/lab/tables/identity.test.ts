// What decides the names of records.

import { describe, expect, it } from "vitest";
import { planOf } from "../../../src/lab/kinds/table.ts";
import { identify } from "../../../src/lab/tables/identity.ts";
import { type Plan, parseTable } from "../../../src/lab/tables/index.ts";
import type { DataFacts } from "../../../src/lab/tables/types.ts";

const plan = (value: unknown): Plan => planOf({ kind: "table", ...parseTable(value, "t.json") });

const problem = (value: unknown): string => {
  try {
    plan(value);
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("what names a record", () => {
  const facts: DataFacts = {
    ...{ name: "set", count: 100, shape: [3, 32, 32], classNames: ["a", "b"], flippable: true, fingerprint: "f" },
    test: { count: 10, fingerprint: "t" },
  };
  const setOf = async (row: object, sha256?: string): Promise<Record<string, unknown>> => {
    const file = { columns: [{ name: "IPC 1", ipc: 1 }], rows: [{ name: "row", ...row }] };
    const unit = plan(file).cells[0]![0]!.units[0]!;
    const given = sha256 === undefined ? undefined : { sha256, foreign: true, provenance: {} };
    return { ...(await identify(unit, facts, given)).set };
  };
  const plain = { kind: "select", ipc: 1, seed: 0, zca: false, dataset: "set", data: "f" };

  it("is the features' network, the same however it is named", async () => {
    const kMeans = { ...plain, method: "k-means", features: "convnet" };
    expect(await setOf({ select: "k-means" })).toEqual(kMeans);
    expect(await setOf({ select: "k-means", features: { arch: "convnet", width: 128 } })).toEqual(kMeans);
    expect(await setOf({ select: "k-means", features: "alexnet" })).toEqual({ ...kMeans, features: "alexnet" });
    expect(await setOf({ select: "k-means", features: { arch: "alexnet", norm: "batch" } })).toEqual({
      ...kMeans,
      features: { arch: "alexnet", norm: "batch" },
    });
    expect(await setOf({ select: "random", features: "alexnet" })).toEqual({ ...plain, method: "random" });
    expect(await setOf({ select: "random", config: { factor: 2 } })).toEqual({ ...plain, method: "random", factor: 2 });
    expect(await setOf({ select: "forgetting" })).toEqual({ ...plain, method: "forgetting" });
    expect(await setOf({ select: "forgetting", features: "vgg11" })).toEqual({
      ...{ ...plain, method: "forgetting", features: "vgg11" },
    });
    expect(await setOf({ select: "herding", parameters: "net.pt" }, "one")).toEqual({
      ...{ ...plain, method: "herding", features: null, parameters: "one" },
    });
  });

  it("is the content of the set that a distillation starts from, not its path", async () => {
    const from = (init: string, sha256: string): Promise<object> => setOf({ distill: "dm", config: { init } }, sha256);
    expect(await from("a/b.npz", "one")).toEqual(await from("./c.npz", "one"));
    expect(await from("a/b.npz", "one")).not.toEqual(await from("a/b.npz", "two"));
    expect(await from("a/b.npz", "one")).toMatchObject({ config: { init: "set" }, initial: "one" });
  });

  it("is refused where nothing can be named", () => {
    const table = (row: object): object => ({ columns: [{ name: "x", ipc: 1 }], rows: [{ name: "row", ...row }] });
    expect(problem(table({ distill: "dm", config: { init: "set" } }))).toContain("init set needs the set");
    expect(problem(table({ distill: "dm", config: { init: "k-menas" } }))).toContain("did you mean k-means?");
    expect(problem(table({ distill: "dm", features: "alexnet" }))).toBe(
      't.json: row "row": features is for rows that select',
    );
    expect(problem(table({ select: "herding", features: "pixels", parameters: "x.pt" }))).toBe(
      't.json: row "row": features of pixels have no network, which parameters are of',
    );
    expect(problem(table({ select: "herding", features: "alxnet" }))).toMatch(
      /^t\.json: row "row": features: must be "pixels" or "alexnet" or .*, got "alxnet"/,
    );
  });
});
