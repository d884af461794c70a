// Processes that do one job after another: which one does what, and what is told of their ends.

import { afterEach, describe, expect, it } from "vitest";
import { JobProcesses } from "../../src/cluster/node/processes.ts";

/** Answers each number with its own process' number on stderr; what is done at some of them is given. */
function program(special = ""): (plan: string) => readonly string[] {
  const text = `
    const lines = require("node:readline").createInterface({ input: process.stdin });
    process.on("SIGTERM", () => process.exit(75));
    lines.on("line", (index) => {
      console.error("process " + process.pid);
      ${special}
      console.log("a library says something");
      console.log(JSON.stringify({ index: Number(index), end: index === "7" ? "held" : "done" }));
    });`;
  return (plan) => [process.execPath, "-e", text, plan];
}

describe("processes of jobs", () => {
  let processes: JobProcesses;
  afterEach(() => processes.close());
  const never = new AbortController().signal;
  const pidOf = async (plan: string, index: number): Promise<string> => {
    let said = "";
    const ended = await processes.run(plan, index, never, (line) => {
      said = line;
    });
    expect(ended).toMatchObject({ code: 0, signal: null });
    return said;
  };

  it("take one job after another, those of another plan not", async () => {
    processes = new JobProcesses(program());
    const first = await pidOf("a", 1);
    expect(await pidOf("a", 2)).toBe(first);
    const [one, other] = await Promise.all([pidOf("a", 3), pidOf("a", 4)]);
    expect(one).not.toBe(other);
    expect([one, other]).not.toContain(await pidOf("b", 1));
  });

  it("tell that a job is to be tried again, and go on", async () => {
    processes = new JobProcesses(program());
    expect(await processes.run("a", 7, never)).toMatchObject({ code: 75 });
    await pidOf("a", 8);
  });

  it("tell why they ended, and others take their place", async () => {
    processes = new JobProcesses(
      program(`if (index === "1") { console.error("error: no such set\\nhint: look"); process.exit(2); }
        if (index === "2") process.kill(process.pid, "SIGKILL");`),
    );
    const first = await pidOf("a", 0);
    expect(await processes.run("a", 1, never)).toEqual({ code: 2, signal: null, why: "no such set" });
    expect(await processes.run("a", 2, never)).toMatchObject({ code: null, signal: "SIGKILL" });
    expect(await pidOf("a", 3)).not.toBe(first);
    processes = new JobProcesses(() => ["/no/such/program"]);
    expect(await processes.run("a", 0, never)).toMatchObject({ code: null, why: expect.stringContaining("ENOENT") });
  });

  it("are told to stop", async () => {
    processes = new JobProcesses(program("return;"));
    const stop = new AbortController();
    const ended = processes.run("a", 0, stop.signal, () => stop.abort());
    expect(await ended).toMatchObject({ code: 75 });
    const late = new JobProcesses(program("return;"));
    expect((await late.run("a", 0, stop.signal)).code).not.toBe(0);
    late.close();
  });
});
