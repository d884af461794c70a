// Continual learning through the command line: killed and resumed, with one worker and two.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runContinual } from "../../src/cli/jobs/continual.ts";
import { createUi } from "../../src/cli/ui.ts";
import { find, parseXml } from "../support/xml.ts";
import { runCli, startCli } from "../support-cli.ts";
import { temporaryFolder } from "../support-run.ts";

const WORDS =
  "continual --epochs 2 --set width=4 --set iterations=2 --set batchReal=4 --classes 0-5 --steps 3 --memory 1 --orders 1 --networks 2";

type ContinualFlags = Parameters<typeof runContinual>[0];

/** As the command line does it, in this process: tells the result's text. */
async function continual(cwd: string, flags: Omit<Partial<ContinualFlags>, "out"> & { out: string }): Promise<string> {
  let told = "";
  const result = (text: string): void => {
    told = text;
  };
  const ui = { ...createUi({ quiet: true }), result };
  const set = [
    ["width", 4],
    ["iterations", 2],
    ["batchReal", 4],
  ] as const;
  const small = { epochs: 2, set: set as unknown as [string, unknown][], orders: 1, networks: 2, workers: 1 };
  await runContinual({ method: ["random"], ...small, ...flags, out: join(cwd, flags.out) }, ui);
  return told;
}

function record(cwd: string, out: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(cwd, out, "continual.json"), "utf8"), (key, value: unknown) =>
    ["seconds", "created", "command"].includes(key) ? undefined : value,
  ) as Record<string, unknown>;
}

describe("datadam continual", () => {
  it("gives the same table in one go, and killed and resumed by two workers", async () => {
    const cwd = temporaryFolder();
    const steps = { classes: [0, 1, 2, 3, 4, 5], steps: 3, memory: 1 };
    const text = await continual(cwd, { ...steps, method: ["datadam", "random"], out: "whole" });
    const words = [...WORDS.split(" "), "--method", "datadam,random", "--out", "killed"];
    const killed = startCli(words, { cwd, pauseAt: "training at step 3 of 3" });
    await killed.paused();
    expect(readFileSync(join(cwd, "killed/journal.jsonl"), "utf8").split("\n").length).toBeGreaterThan(3);
    killed.child.kill("SIGKILL");
    expect((await killed.finished).signal).toBe("SIGKILL");
    const again = await runCli([...words, "--workers", "2"], { cwd });
    expect(again.code, again.stderr).toBe(0);
    expect(record(cwd, "killed")).toEqual(record(cwd, "whole"));

    const [head, , first, second] = text.split("\n");
    expect(head).toMatch(/^method +2 classes +4 classes +6 classes +average +forgetting +images +time$/);
    expect([first, second].map((line) => line!.split(" ")[0])).toEqual(["datadam", "random"]);
    expect(text).toMatch(/At the last step datadam is [+-][\d.]+ points from random \(95 %: .*\), 2 pairs\./);
    expect(record(cwd, "whole")).toMatchObject({
      classes: [0, 1, 2, 3, 4, 5],
      config: { zca: false },
      methods: [{ method: "datadam", seen: [2, 4, 6], images: [2, 4, 6] }, { method: "random" }],
    });
    const svg = parseXml(readFileSync(join(cwd, "whole/continual.svg"), "utf8"));
    expect(find(svg, "text").map(({ text: words }) => words)).toEqual(
      expect.arrayContaining(["datadam", "random", "classes seen"]),
    );

    // Another order is added to what is there.
    const lines = (): number => readFileSync(join(cwd, "whole/journal.jsonl"), "utf8").trim().split("\n").length;
    expect(lines()).toBe(12);
    await continual(cwd, { ...steps, orders: 2, networks: 1, out: "whole" });
    expect(lines()).toBe(15);
    await expect(continual(cwd, { ...steps, steps: 2, out: "whole" })).rejects.toThrow(
      "it differs in steps (there 3, given 2)",
    );
  }, 400_000);

  it("takes streams without steps", async () => {
    const cwd = temporaryFolder();
    const stream = { blur: 0.3, memoryTotal: 12, steps: 2, networks: 1 };
    const text = await continual(cwd, { ...stream, method: ["balanced", "reservoir"], out: "x" });
    expect(text).toContain("A stream without steps, its classes blurred by 0.3 of their length.");
    expect(record(cwd, "x")).toMatchObject({ methods: [{ images: [12, 12] }, { images: [12, 12] }] });
  }, 400_000);

  it("says what is wrong before any work", async () => {
    const cwd = temporaryFolder();
    const fails = (flags: Partial<ContinualFlags>, message: string): Promise<void> =>
      expect(continual(cwd, { ...flags, out: "x" })).rejects.toThrow(message);
    await fails({ method: ["best"] }, 'unknown method "best"');
    await fails({ memory: 1, memoryTotal: 10 }, "`memory.perClass` does not go with `memory.total`");
    await fails({ blur: 0 }, "`blur` needs `memory.total`");
    await fails({ blur: 0, memoryTotal: 9 }, 'unknown method "random" for a stream without steps');
    await fails({ steps: 11 }, "10 classes cannot come in 11 steps");
    await fails({ set: [["ipc", 3]] }, "ipc is not a key of this configuration");
    await fails({ set: [["method", "dm"]] }, "method is not a key of this configuration");
    await fails({ set: [["init", "."]] }, "init: classes start apart from each other here, not from a set");
    await fails({ memoryTotal: 9 }, "a memory of 9 images has none for some of 10 classes");
    const short = 'class "A" has 250 images, and the memory takes';
    await fails({ memory: 251 }, `${short} 251 of each of the first 2 classes`);
    await fails({ memoryTotal: 502 }, `${short} 251 of each of the first 2 classes`);
  });
});
