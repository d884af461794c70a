// Unlucky circumstances of the command line: few file descriptors, an old Node, a folder that goes away under a run.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { MAIN, runCli, startCli, until } from "../support-cli.ts";
import { temporaryFolder } from "../support-run.ts";

const SMALL = ["--ipc", "1", "--set", "width=4", "--set", "batchReal=4", "--workers", "1", "--progress", "json"];

interface Failure {
  readonly code: number;
  readonly stderr: string;
}

it.runIf(process.platform === "linux").each([20, 40, 80, 120])(
  "says what to raise where only %i files may be open",
  async (limit) => {
    const words = ["distill", ...SMALL, "--iterations", "1", "--out", "run"].join(" ");
    const command = `ulimit -n ${limit}; exec "${process.execPath}" "${MAIN}" ${words}`;
    const ended = await promisify(execFile)("sh", ["-c", command], { cwd: temporaryFolder() }).then(
      () => undefined,
      (error: Failure) => error,
    );
    // Where the files were enough, nothing is to be said.
    if (ended === undefined) return expect(limit).toBeGreaterThan(100);
    expect(ended.stderr).toMatch(/error: .*too many open files/);
    expect(ended.stderr).toMatch(/hint: Raise the limit .*ulimit -n 1024/);
    expect(ended.stderr).not.toContain("--verbose");
    expect(ended.code).toBe(1);
  },
);

it("names in one line the Node that is needed, as the package does", async () => {
  const at = async (version: string): Promise<Failure> => {
    const fake = `Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;
    const words = ["--import", `data:text/javascript,${encodeURIComponent(fake)}`, MAIN, "--version"];
    return promisify(execFile)(process.execPath, words).then(
      ({ stderr }) => ({ code: 0, stderr }),
      (error: Failure) => error,
    );
  };
  const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(engines.node).toBe("^20.19.0 || >=22.2.0");
  for (const version of ["18.20.8", "20.18.3", "21.7.3", "22.1.0"]) {
    expect(await at(version)).toMatchObject({
      code: 1,
      stderr: `error: datadam needs Node 20.19 or a later 20, or 22.2 or later; this is Node ${version}\n`,
    });
  }
  for (const version of ["20.19.0", "20.20.2", "22.2.0", "23.0.0", "24.1.0"]) expect((await at(version)).code).toBe(0);
});

it("what was measured of a file is kept, and not measured again after a kill", async () => {
  const cwd = temporaryFolder();
  const env = { DATADAM_CACHE: join(cwd, "cache") };
  const made = await runCli(["distill", ...SMALL, "--iterations", "1", "--out", "run"], { cwd, env });
  expect(made.code, made.stderr).toBe(0);
  await runCli(["export", "run", "--to", "npz", "--out", "set.npz"], { cwd, env });
  const words = ["evaluate", "set.npz", "--dataset", "builtin", "--networks", "1", "--no-random", "--workers", "1"];
  const told = [...words, "--progress", "json", "--json"];
  const first = await runCli(told, { cwd, env });
  expect(first.code, first.stderr).toBe(0);
  expect(first.stderr).toContain('"tested":');
  const kept = join(cwd, "cache/evaluations");
  // As if it had been killed before its end.
  rmSync(join(kept, readdirSync(kept)[0]!, "finished.json"));
  const again = await runCli(told, { cwd, env });
  expect(again.code, again.stderr).toBe(0);
  expect(again.stderr).not.toContain('"epoch":');
  const { wholeSeconds, ...entry } = JSON.parse(first.stdout);
  expect(wholeSeconds).toBeGreaterThan(0);
  expect(JSON.parse(again.stdout)).toEqual(entry);
}, 240_000);

it.each<[string, (cwd: string) => void, string]>([
  ["is removed", (cwd) => rmSync(join(cwd, "run"), { recursive: true, force: true }), "run"],
  ["is moved", (cwd) => renameSync(join(cwd, "run"), join(cwd, "moved")), "moved"],
  [
    "is removed and begun anew by another",
    (cwd) => {
      rmSync(join(cwd, "run"), { recursive: true, force: true });
      mkdirSync(join(cwd, "run/claims"), { recursive: true });
      writeFileSync(join(cwd, "run/claims/0001.json"), '{"owner":{"id":"another"},"beat":0}\n');
      writeFileSync(join(cwd, "run/theirs"), "");
    },
    "run",
  ],
])(
  "a run whose folder %s stops with one line, and makes nothing there",
  async (how, happen, left) => {
    const cwd = temporaryFolder();
    const words = ["distill", ...SMALL, "--iterations", "100000", "--checkpoint-every", "2", "--out", "run"];
    const cli = startCli(words, { cwd });
    await until(cli, () => existsSync(join(cwd, "run/checkpoints/state-000004.0001.safetensors")));
    // A write may be under way, so that what is removed is there again for a moment.
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        happen(cwd);
        break;
      } catch {
        // It was.
      }
    }
    const { code, stderr } = await cli.finished;
    expect(code).toBe(1);
    const errors = stderr.split("\n").filter((line) => line.startsWith("error:"));
    expect(errors).toEqual([
      expect.stringMatching(/^error: run was removed or moved away while this process wrote it$/),
    ]);
    if (how === "is moved") {
      expect(existsSync(join(cwd, "run"))).toBe(false);
      const again = await runCli(["distill", "--resume", left, "--quiet", "--iterations", "100000", "--plan"], { cwd });
      expect(again.code, again.stderr).toBe(0);
    } else if (how === "is removed") expect(existsSync(join(cwd, "run/record.json"))).toBe(false);
    else expect(existsSync(join(cwd, "run/theirs"))).toBe(true);
  },
  60_000,
);
