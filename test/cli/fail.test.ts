import { describe, expect, it } from "vitest";
import { Interrupted, reportFailure } from "../../src/cli/fail.ts";
import { DatadamError } from "../../src/errors.ts";

function report(error: unknown, verbose = false): { code: number; text: string } {
  let text = "";
  const code = reportFailure(error, { verbose, write: (part) => (text += part) });
  return { code, text };
}

describe("reportFailure", () => {
  it("says a user's error in one line, and what helps in another", () => {
    expect(report(new DatadamError("RUN_EXISTS", "runs/a already holds a run", { hint: "Use --out." }))).toEqual({
      code: 1,
      text: "error: runs/a already holds a run\nhint: Use --out.\n",
    });
  });

  it("names options of the library as flags, with their values", () => {
    const hint = 'With `corrupt: "skip"` it is left out. See `softLabels`, `dir`, `axes` and `unknown`.';
    expect(report(new DatadamError("INVALID_DATA", "x", { hint })).text).toBe(
      "error: x\nhint: With --corrupt skip it is left out. See --soft-labels, --data-dir, --subset and unknown.\n",
    );
  });

  it("exits 2 for a wrong option, 130 after Ctrl-C, 75 after SIGTERM", () => {
    expect(report(new DatadamError("INVALID_OPTION", "ipc: must be above 0, got 0")).code).toBe(2);
    expect(report(new Interrupted("SIGINT"))).toEqual({ code: 130, text: "" });
    expect(report(new Interrupted("SIGTERM")).code).toBe(75);
    expect(report(new Interrupted("SIGHUP")).code).toBe(75);
  });

  it("shows the stack and the causes only when asked", () => {
    const error = new DatadamError("IO", "Cannot write x", { cause: new Error("ENOSPC: no space") });
    expect(report(error).text).toBe("error: Cannot write x\n");
    expect(report(error, true).text).toMatch(/error: Cannot write x\n.*at .*fail\.test\.ts.*caused by: Error: ENOSPC/s);
  });

  it("tells how to see more of an unexpected error", () => {
    expect(report(new TypeError("x is undefined"))).toEqual({
      code: 1,
      text: "error: x is undefined\nhint: run again with --verbose to see where it happened\n",
    });
  });
});
