// The value of a table: what is refused, and whose configuration wins.

import { describe, expect, it } from "vitest";
import { planOf } from "../../../src/lab/kinds/table.ts";
import { type Plan, parseTable } from "../../../src/lab/tables/index.ts";

const plan = (value: unknown): Plan => planOf({ kind: "table", ...parseTable(value, "t.json") });

const problem = (value: unknown): string => {
  try {
    plan(value);
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("the file of a table", () => {
  const row = { name: "DM", distill: "dm" };
  const column = { name: "IPC 1", ipc: 1 };
  const table = { columns: [column], rows: [row] };

  it("is refused with the row, the key and what was meant", () => {
    expect(problem(table)).toBe("none");
    expect(problem({ ...table, rows: [{ ...row, confg: {} }] })).toBe(
      't.json: row "DM": unknown key "confg"; did you mean config?',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { pwer: 2 } }] })).toBe(
      't.json: row "DM": unknown configuration key "pwer"; did you mean power?',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { momentum: -2 } }] })).toBe(
      'row "DM", column "IPC 1": momentum: must be at least 0, got -2',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { power: 2 } }] })).toBe(
      'row "DM", column "IPC 1": power is a key of method datadam, not of dm',
    );
    expect(problem({ ...table, rows: [{ name: "DM", distill: "dmm" }] })).toMatch(
      /^t\.json: row "DM": distill: must be "datadam" or .* got "dmm"; did you mean dm\?$/,
    );
    expect(problem({ ...table, rows: [{ name: "DM" }] })).toBe(
      't.json: row "DM": must have one of distill, select, path, whole',
    );
    expect(problem({ ...table, rows: [{ ...row, select: "random" }] })).toContain("has distill and select");
    expect(problem({ ...table, rows: [{ ...row, cells: { IPC1: {} } }] })).toBe(
      't.json: row "DM": there is no column "IPC1"; did you mean IPC 1?',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { seed: 1 } }] })).toBe(
      't.json: row "DM": seed is not set by config, but by seeds',
    );
    expect(problem({ ...table, columns: [{ name: "all" }] })).toBe(
      'row "DM", column "all": the column has no ipc, which this row needs',
    );
    expect(problem({ ...table, protocol: "quik" })).toContain('protocol: unknown protocol "quik". Known: ');
    expect(problem({ ...table, rows: [row, row], seeds: [1, 1] })).toBe(
      '2 problems in t.json:\n  two rows have the name "DM"\n  seeds: a seed comes twice',
    );
    expect(problem({ rows: [row] })).toBe("t.json: columns: is missing");
    expect(problem({ ...table, columns: [{ ...column, seeds: [2, 2] }] })).toBe(
      't.json: column "IPC 1": seeds: a seed comes twice',
    );
    expect(
      problem({ rows: [{ ...row, cells: { "IPC 1": { run: "dm" } } }], columns: [{ ...column, seeds: [0, 1] }] }),
    ).toBe('t.json: row "DM", cell "IPC 1": run is the folder of one set, and there are several seeds');
  });

  it("takes seeds from the row, else from the column, else from the table", () => {
    const value = {
      columns: [column, { ...column, name: "of its own", seeds: [1, 2] }],
      rows: [row, { ...row, name: "row of its own", seeds: [3] }],
      seeds: [7],
    };
    const seeds = plan(value).cells.map((cells) => cells.map(({ units }) => units.map(({ seed }) => seed)));
    expect(seeds).toEqual([
      [[7], [1, 2]],
      [[3], [3]],
    ]);
  });

  it("takes nothing but places from the environment", () => {
    process.env.DATADAM_MOMENTUM = "0.7";
    const { cells } = plan(table);
    delete process.env.DATADAM_MOMENTUM;
    expect(cells[0]![0]!.units[0]!.subject.config.momentum).toBe(0.5);
  });

  it("lets a cell's configuration win over the row's, that over the column's, that over the table's", () => {
    const levels = { power: 1, width: 1, scale: 1, momentum: 0.1 };
    const nested = {
      config: levels,
      columns: [{ ...column, config: { width: 2, scale: 2, momentum: 0.2 } }],
      rows: [
        {
          ...{ name: "DataDAM", distill: "datadam", config: { scale: 3, momentum: 0.3 } },
          cells: { "IPC 1": { config: { momentum: 0.4 } } },
        },
        row,
      ],
    };
    const [datadam, dm] = plan(nested).cells.map(([cell]) => cell!.units[0]!.subject.config);
    expect(datadam).toMatchObject({ power: 1, width: 2, scale: 3, momentum: 0.4 });
    // What all rows share may have keys of some methods only.
    expect(dm).toMatchObject({ width: 2, momentum: 0.2 });
    expect(dm).not.toHaveProperty("scale");
  });
});
