// The tables of evaluations.

import { describe, expect, it } from "vitest";
import { printEvaluations } from "../../src/cli/jobs/printEvaluations.ts";
import type { Ui } from "../../src/cli/ui.ts";
import type { EvaluateResult } from "../../src/lab/index.ts";

function printed(random: boolean, more: Readonly<Record<string, unknown>> = {}, count = 2): string {
  const { best, ...told } = more;
  const of = (mean: number) => ({ mean, std: 1, accuracies: [mean] });
  const row = (mean: number) => ({ ...of(mean), seconds: 1, network: { arch: "mlp" } });
  const entry = {
    distilled: { ...row(50), ...(typeof best === "number" && { best: of(best) }) },
    ...(random && { random: row(40) }),
    ...("chosen" in more && { chosen: { ...row(41), method: "k-means", ...(more.chosen as object) } }),
    ...("whole" in more && { whole: row(90) }),
  };
  let text = "";
  const ui = { result: (shown: string) => (text = shown) } as unknown as Ui;
  const entries = new Array(count).fill(entry);
  const result = { entries, ipc: 1, names: {}, count: 1200, kept: true, ...told } as unknown as EvaluateResult;
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
    const text = printed(true, { best: 55 }, count);
    expect(text).toMatch(/best of checks \(chosen on test images\)/);
    expect(text).toMatch(/50\.0 %\s+55\.0 %/);
    expect(printed(true, {}, count)).not.toContain("best");
  });
});

describe("chosen real images", () => {
  it.each([1, 2])("are a row or column of their own, with %i networks", (count) => {
    expect(printed(true, { chosen: {}, names: { chosen: "k-means" } }, count)).toMatch(/k-means.*41\.0 %/s);
    expect(printed(true, {}, count)).not.toContain("k-means");
  });

  const accuracies = (mean: number) => ({ mean, accuracies: [mean - 3, mean + 3] });
  it.each([
    { of: { mean: 49 }, said: undefined },
    { of: { mean: 50 }, said: "50.0 % against 50.0 %." },
    { of: { mean: 51 }, said: "51.0 % against 50.0 %." },
    // Two standard errors of two values that are 6 apart, and of one without a spread: 6.
    { of: accuracies(43.9), said: undefined },
    { of: accuracies(44.1), said: "44.1 % against 50.0 %, less than two standard errors apart." },
  ])("are said to be as good where they are: $of.mean", ({ of, said }) => {
    const shown = printed(true, { chosen: of }, 1);
    if (said === undefined) expect(shown).not.toContain("as good");
    else expect(shown).toContain(`\n\nReal images chosen by k-means are as good here: ${said}`);
    const several = printed(true, { chosen: of });
    if (said === undefined) expect(several).not.toContain("as good");
    else expect(several).toContain(`\n\nReal images chosen by k-means are as good with mlp: ${said}`);
  });
});

describe("the whole set", () => {
  it.each([1, 2])("is a row or column where it was measured, with %i networks", (count) => {
    const shown = printed(true, { whole: true }, count);
    expect(shown).toMatch(/whole set.*90\.0 %/s);
    expect(shown).not.toContain("not measured");
  });

  it.each([1, 2])("is told with what it would take where it was not, with %i networks", (count) => {
    const shown = printed(true, { wholeSeconds: 724 }, count);
    expect(shown).toMatch(/\nwhole set: not measured, about 12 min 04 s for its 1200 images \(--whole\)\n\npicture: /);
    expect(printed(true, {}, count)).not.toContain("whole set");
  });
});
