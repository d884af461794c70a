// What surrounds a command: colours, the environment, JSON for programs, completion by shells.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { createReporter } from "../../src/cli/reporter.ts";
import { hasColours, palette } from "../../src/cli/shell/colour.ts";
import { candidates, SCRIPTS } from "../../src/cli/shell/completion.ts";
import { MAIN, runCli } from "../support-cli.ts";
import { temporaryFolder } from "../support-run.ts";

describe("colours", () => {
  const terminal = { isTTY: true };

  it("are for terminals, unless NO_COLOR is set; FORCE_COLOR wins", () => {
    expect([hasColours(terminal, {}), hasColours({}, {})]).toEqual([true, false]);
    expect([hasColours(terminal, { NO_COLOR: "1" }), hasColours(terminal, { NO_COLOR: "" })]).toEqual([false, true]);
    expect(hasColours(terminal, { TERM: "dumb" })).toBe(false);
    expect([hasColours({}, { FORCE_COLOR: "1" }), hasColours({}, { FORCE_COLOR: "" })]).toEqual([true, true]);
    expect(hasColours(terminal, { FORCE_COLOR: "0" })).toBe(false);
    expect(hasColours({}, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
  });

  it("of a bar take no room on the line", () => {
    const drawn = (colours: ReturnType<typeof palette>): string => {
      let text = "";
      const write = (more: string): void => {
        text += more;
      };
      const reporter = createReporter({ mode: "tty", write, columns: () => 60, colours });
      reporter.progress({ stage: "s", done: 1, total: 4, detail: "x".repeat(80) });
      return text;
    };
    const [plain, coloured] = [drawn(palette({}, {})), drawn(palette({}, { FORCE_COLOR: "1" }))];
    expect(plain).toContain("[#####---------------] s 1/4 (25 %), xxx");
    expect(coloured).toContain("[\x1b[32m#####---------------\x1b[39m] s");
    expect(stripVTControlCharacters(coloured)).toBe(stripVTControlCharacters(plain));
  });

  it.each([
    [{}, "error: unknown command 'distil'"],
    [{ NO_COLOR: "1" }, "error: unknown command 'distil'"],
    [{ FORCE_COLOR: "1" }, "\x1b[1;31merror:\x1b[22;39m unknown command 'distil'"],
  ])("of an error, where the environment says %j", async (env, message) => {
    expect((await runCli(["distil"], { env })).stderr.split("\n")[0]).toBe(message);
  });

  it("of help follow the same variables", async () => {
    expect((await runCli(["distill", "--help"])).stdout).not.toContain("\x1b");
    const { stdout } = await runCli(["distill", "--help"], { env: { FORCE_COLOR: "1" } });
    expect(stdout).toContain("\x1b[1mData:\x1b[22m");
  });
});

describe("the environment", () => {
  it("is told where nothing reads a variable, with the one that was meant", async () => {
    const env = { DATADAM_BATCHREAL: "3", DATADAM_CASHE: "x", DATADAM_XYZZY: "1", DATADAM_EMPTY: "", DATADAM_IPC: "3" };
    const { code, stderr } = await runCli(["distill", "--print-config", "--quiet"], { env });
    expect([code, stderr.trimEnd().split("\n")]).toEqual([
      0,
      [
        "warning: DATADAM_BATCHREAL in the environment is unknown and has no effect; did you mean DATADAM_BATCH_REAL?",
        "warning: DATADAM_CASHE in the environment is unknown and has no effect; did you mean DATADAM_CACHE?",
        "warning: DATADAM_XYZZY in the environment is unknown and has no effect",
      ],
    ]);
  });
});

describe("errors under --json", () => {
  it.each([
    [["distill", "--ipcs", "3", "--json"], 2, { code: "INVALID_OPTION", message: expect.stringContaining("--ipcs") }],
    [
      ["distill", "--set", "powr=3", "--json"],
      2,
      { code: "INVALID_OPTION", message: expect.stringContaining("did you mean power?"), hint: expect.any(String) },
    ],
    [["evaluate", "nowhere", "--json"], 1, { code: "RUN_NOT_FOUND", message: '"nowhere" does not exist' }],
  ])("of %j are one line of JSON on stdout", async (words, code, error) => {
    const result = await runCli(words, { cwd: temporaryFolder() });
    expect(result.code).toBe(code);
    expect(JSON.parse(result.stdout).error).toMatchObject(error);
    expect(result.stdout.endsWith("}\n")).toBe(true);
    expect(result.stderr).toMatch(/^error: /);
  });

  it("are not on stdout without it, nor is help an error", async () => {
    expect((await runCli(["evaluate", "nowhere"])).stdout).toBe("");
    expect((await runCli(["distill", "--json", "--help"])).stdout).not.toContain('"error"');
  });
});

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

describe("help", () => {
  it("of distill is in groups, with examples", async () => {
    const { stdout } = await runCli(["distill", "--help"]);
    const headings = [...stdout.matchAll(/^([A-Z][\w ]+):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      ...["Data", "Method", "Networks and initial images", "Run", "Machine", "Output", "Options", "Examples"],
    ]);
    expect(stdout).toMatch(/Data:\n {2}--dataset.*Method:\n {2}--method.*Output:\n {2}--progress/s);
  });

  it("has examples whose words are known", async () => {
    const program = createProgram();
    let seen = 0;
    for (const command of leaves(program)) {
      const path = command.parent === program ? [command.name()] : [command.parent!.name(), command.name()];
      const { stdout } = await runCli([...path, "--help"]);
      for (const [, line] of stdout.matchAll(/^ {2}datadam (.+)$/gm)) {
        const words = line!.split(" ").slice(path.length);
        expect(line!.split(" ").slice(0, path.length)).toEqual(path);
        expect(command.parseOptions(words).unknown, line).toEqual([]);
        seen++;
      }
    }
    expect(seen).toBeGreaterThanOrEqual(10);
  }, 120_000);
});

describe("completion", () => {
  const words = (...typed: string[]): string[] => candidates(createProgram(), typed).map(({ word }) => word);

  it("offers commands, options and choices of the table of commands", () => {
    const program = createProgram();
    expect(words("")).toEqual(program.commands.map((command) => command.name()));
    expect(words("dis")).toEqual(["distill"]);
    expect(words("data", "pre")).toEqual(["preview"]);
    expect(words("distill", "--ip")).toEqual(["--ipc"]);
    expect(words("distill", "--device", "")).toEqual(["cpu", "webgpu", "cuda"]);
    expect(words("distill", "--quiet", "--dev")).toEqual(["--device"]);
    expect(words("distill", "--ipc", "3", "--device", "c")).toEqual(["cpu", "cuda"]);
    expect(words("distill", "--dataset", "")).toEqual([]);
    expect(words("nothing", "--he")).toEqual(["--help"]);
    for (const command of leaves(program)) {
      const path = command.parent === program ? [command.name()] : [command.parent!.name(), command.name()];
      const options = command.options.map(({ long }) => long);
      expect(words(...path, "--")).toEqual([...options, "--help"]);
    }
  });

  it("works in bash", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "datadam"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    chmodSync(join(folder, "datadam"), 0o755);
    const ask = (...typed: string[]): string[] => {
      const list = typed.map((word) => `'${word}'`).join(" ");
      const script = `eval "$(datadam completion bash)"; COMP_WORDS=(datadam ${list}); COMP_CWORD=${typed.length}; _datadam
        printf '%s\\n' "\${COMPREPLY[@]}"; complete -p datadam`;
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
      return execFileSync("bash", ["-c", script], { encoding: "utf8", env }).trimEnd().split("\n");
    };
    const bound = "complete -o default -F _datadam datadam";
    expect(ask("eval")).toEqual(["evaluate", bound]);
    expect(ask("distill", "--device", "")).toEqual(["cpu", "webgpu", "cuda", bound]);
    expect(ask("distill", "--dataset", "")).toEqual(["", bound]);
  });

  it.skipIf(!existsSync("/usr/bin/zsh"))("is a script that zsh reads", () => {
    execFileSync("/usr/bin/zsh", ["-n"], { input: SCRIPTS.zsh });
  });

  it.skipIf(!existsSync("/usr/bin/fish"))("is a script that fish reads", () => {
    execFileSync("/usr/bin/fish", ["--no-execute"], { input: SCRIPTS.fish });
  });

  it("refuses another shell by name", async () => {
    const { code, stderr } = await runCli(["completion", "csh"]);
    expect([code, stderr]).toEqual([
      2,
      'error: there is no script for the shell "csh"\nhint: datadam completion bash|zsh|fish\n',
    ]);
  });
});

it("doctor says in ten lines what is here, and which devices work", async () => {
  const { code, stdout } = await runCli(["doctor"]);
  const lines = stdout.trimEnd().split("\n");
  expect([code, lines.length]).toEqual([0, 10]);
  expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
    ...["datadam", "machine", "memory", "cpu", "webgpu", "cuda", "cache", "here", "data sets", "in all"],
  ]);
  expect(lines.at(-1)).toMatch(/ready, by cpu/);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(160);
}, 60_000);

it("data preview names its picture itself where no name is given", async () => {
  const cwd = temporaryFolder();
  const { code, stdout } = await runCli(["data", "preview", "builtin", "--per-class", "1"], { cwd });
  expect([code, stdout.split("\n")[0], readdirSync(cwd)]).toEqual([0, "preview-builtin.png", ["preview-builtin.png"]]);
});
