// A table's text and picture, from its results.

import { describe, expect, it } from "vitest";
import { planOf } from "../../../src/lab/kinds/table.ts";
import { type CellResult, compare, parseTable, render, tablePlot } from "../../../src/lab/tables/index.ts";

describe("a table's text", () => {
  const cell = (row: string, column: string, accuracies: number[], published?: number): CellResult => {
    const mean = accuracies.reduce((total, value) => total + value, 0) / accuracies.length;
    return {
      row,
      column,
      leftOut: null,
      mean: accuracies.length === 0 ? null : mean,
      std: accuracies.length === 0 ? null : 1,
      wanted: 2,
      measured: accuracies.map((accuracy, network) => ({ seed: 0, network, accuracy })),
      iterations: row === "A" ? 100 : null,
      protocol: "quick (300 epochs of batches of 64)",
      network: { name: "convnet", depth: 3, width: 128, norm: column === "y" ? "batch" : "instance" },
      published: published === undefined ? null : { mean: published, source: "a paper" },
      difference: published === undefined || accuracies.length === 0 ? null : mean - published,
    };
  };
  const plan = planOf({
    kind: "table",
    ...parseTable(
      {
        networks: 2,
        columns: ["x", "y"].map((name, i) => ({ name, ipc: i + 1 })),
        rows: ["A", "B, too"].map((name) => ({ name, select: "random" })),
      },
      "t.json",
    ),
  });
  const results = [
    cell("A", "x", [31, 33], 35.5),
    cell("A", "y", [41], 42),
    cell("B, too", "x", [30, 31]),
    cell("B, too", "y", [], 20),
  ];

  it("marks what is far from the published value, and says what differs in the caption", () => {
    const comparisons = compare("A,B, too", plan, results);
    expect(render({ plan, results, comparisons }, "markdown").split("\n")).toEqual([
      "|  | x | y |",
      "| --- | --- | --- |",
      "| A | 32.0 ± 1.0 (published 35.5, -3.5†) | 41.0 [1 of 2] (published 42.0, -1.0) |",
      "| B, too | 30.5 ± 1.0 | (published 20.0) |",
      "",
      "Test accuracy in % at the last epoch, mean ± standard deviation over 2 networks, seed 0.",
      "Protocol: quick (300 epochs of batches of 64).",
      "Networks: convnet (depth 3, width 128, instance norm) for x; convnet (depth 3, width 128, batch norm) for y.",
      "Iterations: 100.",
      "Published values: a paper.",
      "† more than 3 points from the published value.",
      "",
      // (1, 2): mean 1.5, standard error 0.5, Student's quantile 12.706.
      "x: A is +1.5 points from B, too (95 %: -4.9 to +7.9), 2 pairs.",
    ]);
    const lines = render({ plan, results, comparisons }, "csv").split("\n");
    expect(lines[1]).toBe("A,x,32.00,1.00,2,2,100,quick (300 epochs of batches of 64),35.50,,a paper,-3.50,");
    expect(lines.slice(-3)).toEqual([
      "",
      "row,against,column,difference,95 % from,95 % to,pairs",
      'A,"B, too",x,1.50,-4.85,7.85,2',
    ]);
  });

  it("says which seeds and networks each column has, where they differ", () => {
    const value = {
      columns: [
        { name: "x", ipc: 1, seeds: [0, 1] },
        { name: "y", ipc: 1, networks: 2 },
        { name: "z", ipc: 10, networks: 2 },
      ],
      rows: [{ name: "A", select: "random" }],
    };
    const text = render(
      { plan: planOf({ kind: "table", ...parseTable(value, "t.json") }), results: [], comparisons: [] },
      "markdown",
    );
    expect(text).toContain("over seeds 0, 1 x 3 networks each for x; 2 networks, seed 0 for y, z.");
  });

  it("compares two rows that there are, and no others", () => {
    expect(() => compare("A,C", plan, results)).toThrow('`compare`: there is no row "C"');
    expect(() => compare("A", plan, results)).toThrow('`compare` "A" does not name two rows');
  });

  it("is drawn over the sizes of the sets", () => {
    const svg = tablePlot({ plan, results, comparisons: [] });
    expect(svg).toContain("images a class");
    expect(svg.match(/<title>A, x: 32\.0 ± 1\.0<\/title>/g)).toHaveLength(1);
    expect(svg).not.toContain("B, too, y");
  });
});
