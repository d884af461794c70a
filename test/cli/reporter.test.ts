import { describe, expect, it } from "vitest";
import { chooseMode, createReporter, duration, type ReporterMode } from "../../src/cli/reporter.ts";

/** A reporter with a clock that the test moves, and what it wrote. */
function recorder(mode: ReporterMode, quiet = false) {
  const written: string[] = [];
  const clock = { time: 0 };
  const reporter = createReporter({
    mode,
    quiet,
    write: (text) => written.push(text),
    now: () => clock.time,
    columns: () => 60,
  });
  const step = (done: number, time: number, total = 10): void => {
    clock.time = time;
    reporter.progress({ stage: "distilling", done, total, detail: `loss ${done}`, data: { loss: done } });
  };
  return { reporter, step, text: () => written.join("") };
}

describe("plain", () => {
  it("writes the first and last step, and one line every five seconds, with the time left at the pace so far", () => {
    const { step, text } = recorder("plain");
    step(1, 0);
    step(2, 1000);
    step(3, 4900);
    step(4, 6000);
    step(5, 8000);
    step(10, 9000);
    expect(text()).toMatchInlineSnapshot(`
      "distilling 1/10 (10 %), loss 1
      distilling 4/10 (40 %), loss 4, 12 s left
      distilling 10/10 (100 %), loss 10
      "
    `);
  });

  it("counts the pace of a resumed stage from where it began", () => {
    const { step, text } = recorder("plain");
    step(900, 0, 1000);
    step(901, 6000, 1000);
    expect(text()).toContain("distilling 901/1000 (90 %), loss 901, 9 min 54 s left");
  });

  it.each([1, 5, 40])("tells the time left without a pause of the process or the laptop, after %i steps", (before) => {
    const { step, text } = recorder("plain");
    for (let done = 0; done <= before; done++) step(done, 1000 * done, 100);
    const hours = 11 * 3_600_000;
    step(before + 1, 1000 * before + hours, 100);
    expect(text()).not.toMatch(/ h /);
    const left = 100 - before - 1;
    const words = left >= 60 ? `1 min ${String(left - 60).padStart(2, "0")} s` : `${left} s`;
    expect(text()).toContain(`${before + 1}/100 (${before + 1} %), loss ${before + 1}, ${words} left`);
  });

  it("follows a pace that has become slower for good", () => {
    const { step, text } = recorder("plain");
    for (let done = 0; done <= 10; done++) step(done, 1000 * done, 200);
    for (let done = 11; done <= 100; done++) step(done, 10_000 + 30_000 * (done - 10), 200);
    const minutes = Number(/100\/200 .* (\d+) min \d+ s left/.exec(text())?.[1]);
    // 100 steps at 30 s are 50 minutes.
    expect(minutes).toBeGreaterThan(35);
  });

  it("has no control characters", () => {
    const { reporter, step, text } = recorder("plain");
    step(1, 0);
    reporter.note("hello");
    reporter.end();
    expect([...text()].filter((c) => c < " " && c !== "\n")).toEqual([]);
  });
});

describe("tty", () => {
  it("redraws one line within the width of the terminal, and ends it at the end", () => {
    const { reporter, step, text } = recorder("tty");
    reporter.progress({ stage: "a stage with a long name", done: 1, total: 2, detail: "x".repeat(80) });
    expect(text().startsWith("\r\x1b[2Ka stage")).toBe(true);
    expect(text().replace("\r\x1b[2K", "")).toHaveLength(59);
    step(1, 200);
    step(10, 400);
    expect(text().endsWith("distilling 10/10 (100 %), loss 10\n")).toBe(true);
  });

  it("draws at most ten times a second", () => {
    const { step, text } = recorder("tty");
    for (let done = 1; done <= 9; done++) step(done, done * 20);
    expect(text().split("\r")).toHaveLength(3);
  });

  it("clears the line before a note", () => {
    const { reporter, step, text } = recorder("tty");
    step(1, 0);
    reporter.note("saved");
    expect(text().endsWith("\r\x1b[2Ksaved\n")).toBe(true);
  });
});

describe("json", () => {
  it("writes one object a line for every step, note and warning", () => {
    const { reporter, step, text } = recorder("json");
    step(1, 0);
    step(2, 50);
    reporter.warn("careful");
    const lines = text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { event: "progress", stage: "distilling", done: 1, total: 10, remaining: null, loss: 1 },
      { event: "progress", stage: "distilling", done: 2, total: 10, remaining: 0.4, loss: 2 },
      { event: "warning", message: "careful" },
    ]);
  });
});

it("shows only warnings when quiet", () => {
  const { reporter, step, text } = recorder("plain", true);
  step(1, 0);
  reporter.note("hello");
  reporter.warn("careful");
  expect(text()).toBe("warning: careful\n");
});

it("redraws only on a terminal that is not a CI log", () => {
  expect(chooseMode("auto", { isTTY: true }, {})).toBe("tty");
  expect(chooseMode("auto", { isTTY: true }, { CI: "true" })).toBe("plain");
  expect(chooseMode("auto", { isTTY: true }, { TERM: "dumb" })).toBe("plain");
  expect(chooseMode("auto", {}, {})).toBe("plain");
  expect(chooseMode("tty", {}, { CI: "true" })).toBe("tty");
});

it("writes durations for people", () => {
  expect([0.4, 59.4, 60, 185, 3600, 7265].map(duration)).toEqual([
    "0 s",
    "59 s",
    "1 min 00 s",
    "3 min 05 s",
    "1 h 00 min",
    "2 h 01 min",
  ]);
});
