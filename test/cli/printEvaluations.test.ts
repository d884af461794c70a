// The tables of evaluations.

import { describe, expect, it } from "vitest";
import { printEvaluations } from "../../src/cli/jobs/printEvaluations.ts";
import type { Ui } from "../../src/cli/ui.ts";
import type { EvaluateResult } from "../../src/lab/index.ts";

function printed(random: boolean, { count = 2, best }: { count?: number; best?: number } = {}): string {
  const of = (mean: number) => ({ mean, std: 1, accuracies: [mean] });
  const row = (mean: number) => ({ ...of(mean), seconds: 1, network: { arch: "mlp" } });
  const entry = {
    distilled: { ...row(50), ...(best !== undefined && { best: of(best) }) },
    ...(random && { random: row(40) }),
  };
  let text = "";
  const ui = { result: (shown: string) => (text = shown) } as unknown as Ui;
  const result = { entries: Array(count).fill(entry), ipc: 1, names: {}, kept: true } as unknown as EvaluateResult;
  printEvaluations("a", result, ui);
  return text;
}

describe("a table of several networks", () => {
  it("has a column of random real images where they were measured, and none else", () => {
    expect(printed(true)).toMatch(/random real.*distilled.*40\.0.*50\.0/s);
    expect(printed(false)).not.toMatch(/random real|40\.0/);
    expect(printed(false)).toMatch(/distilled.*50\.0/s);
  });

  it.each([1, 2])("says of the best along the way how it was chosen, in a column of its own: %i", (count) => {
    const text = printed(true, { count, best: 55 });
    expect(text).toMatch(/best of checks \(chosen on test images\)/);
    expect(text).toMatch(/50\.0 %\s+55\.0 %/);
    expect(printed(true, { count })).not.toContain("best");
  });
});
