// Hostile files given to the command line: one line that says what is wrong, soon, and with little memory.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support-cli.ts";
import { pt, sharedTuples, tensor } from "../support-hostile.ts";

const MIB = 2 ** 20;
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-hostile-"));
  // Tells the most memory that the process held, at its end.
  const tell = 'process.stderr.write("peak " + process.resourceUsage().maxRSS + "\\n")';
  write("peak.mjs", `process.on("exit", () => ${tell});`);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const write = (name: string, content: Uint8Array | string): string => {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), content);
  return name;
};
/** What is said where the command fails as was foreseen. */
async function refusal(...words: string[]): Promise<string> {
  const { code, stderr } = await runCli(words, { cwd, env: { NODE_OPTIONS: `--import ${join(cwd, "peak.mjs")}` } });
  const lines = stderr.split("\n");
  expect([1, 2], stderr).toContain(code);
  expect(
    lines.filter((line) => line.startsWith("error: ")),
    stderr,
  ).toHaveLength(1);
  expect(stderr).not.toContain("run again with --verbose");
  const peak = /^peak (\d+)$/m.exec(stderr)?.[1];
  expect(Number(peak)).toBeGreaterThan(1000);
  expect(Number(peak) * 1024).toBeLessThan(500 * MIB);
  return stderr;
}
const many = (value: unknown): object =>
  Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`key${i}`, value]));
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const deepIn = (key: string): string => ['{"', key, '":', nested(1e5), "}"].join("");

it("200,000 unknown keys of a configuration are counted, and the first are named", async () => {
  const path = write("many.json", JSON.stringify(many(1)));
  const message = /unknown configuration key "key0" \(many\.json\)\n(.*\n){19} {2}and 199980 more/;
  expect(await refusal("distill", "--config", path)).toMatch(message);
});

it("JSON that nests 100,000 deep is refused as such: a configuration, the record of a run, an option", async () => {
  write("run/record.json", deepIn("a"));
  const words = [
    ["distill", "--config", write("c.json", deepIn("ipc"))],
    ["evaluate", "run"],
  ];
  for (const each of words) expect(await refusal(...each)).toContain("it nests more than 64 deep");
  const option = `ipc=${nested(2e4)}`;
  expect(await refusal("distill", "--set", option)).toContain("ipc: must be a number");
});

it("a key that is far too long, and a file without an end", async () => {
  const path = write("long.json", JSON.stringify({ ["x".repeat(8e6)]: 1 }));
  expect((await refusal("distill", "--config", path)).length).toBeLessThan(2000);
  expect(await refusal("run", "/dev/zero")).toContain("more than the limit of 67108864 bytes");
});

describe("a .pt", () => {
  const EVALUATE = ["--dataset", "builtin", "--networks", "1", "--no-random", "--quiet"];
  it("of a billion elements in one byte, and of keys that would never end as text", async () => {
    const zeros = pt(`(${tensor(1, [1_000_000_000], [0]).repeat(3)}l`, { 0: Uint8Array.of(1) });
    expect(await refusal("evaluate", write("zeros.pt", zeros), ...EVALUATE)).toContain("its tensors take more than");
    const shared = write("shared.pt", pt(`}${sharedTuples(45)}Ns`));
    expect(await refusal("evaluate", shared, ...EVALUATE)).toContain("it holds nothing that is named");
  });

  it("of parameters whose keys would never end as text", async () => {
    const shared = write("teacher.pt", pt(`}${sharedTuples(45)}${tensor(1, [1], [1])}s`, { 0: Uint8Array.of(1) }));
    const set = ["select", "--dataset", "builtin", "--method", "random", "--ipc", "1", "--out", "chosen"];
    expect((await runCli(set, { cwd })).code).toBe(0);
    expect(await refusal("evaluate", "chosen", "--soft-labels", shared)).toContain("holds no parameters that fit");
  });
});
