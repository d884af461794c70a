// Gives a plan to Slurm.

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type SlurmScript, slurmScripts } from "../../cluster/index.ts";
import { folderFor } from "../../cluster/node/index.ts";
import { DatadamError } from "../../errors.ts";
import { errno } from "../../lab/node/index.ts";
import { isS3 } from "../../storage/s3/index.ts";
import { type Submission, thisProgram } from "./submission.ts";

/** Slurm's own default of MaxArraySize, where it does not say. */
const MAX_ARRAY = 1001;

const run = promisify(execFile);

export async function submitToSlurm({ storage, plan, missing, flags, ui }: Submission): Promise<void> {
  const folder = folderFor(storage.name, plan.folder);
  const logs = isS3(storage.name) ? join(folder, "logs", basename(storage.name)) : join(storage.name, "logs");
  const program = thisProgram().map(quoted).join(" ");
  const where = quoted(storage.name);
  const scripts = slurmScripts(plan, missing, {
    work: `${program} worker ${where} --index "$index" --progress plain`,
    collect: `${program} collect ${where}`,
    settings: Object.fromEntries(flags.set.map(([key, value]) => [key, value === true ? "" : String(value)])),
    maxArray: flags.dryRun ? await maxArray().catch(() => MAX_ARRAY) : await maxArray(),
    atOnce: flags.workers,
    logs,
  });
  if (flags.dryRun) {
    const text = scripts.map((script) => `# ${script.name}.sh${afterText(script, scripts)}\n${script.text}`).join("\n");
    return ui.result(text, { plan: storage.name, scripts });
  }
  await mkdir(logs, { recursive: true });
  const ids: string[] = [];
  for (const script of scripts) {
    const file = join(logs, `${script.name}.sh`);
    await writeFile(file, script.text);
    const after = script.after.map((place) => ids[place]!);
    const dependency = after.length === 0 ? [] : [`--dependency=afterany:${after.join(":")}`];
    const { stdout } = await slurm("sbatch", ["--parsable", `--chdir=${folder}`, ...dependency, file]);
    ids.push(stdout.trim().split(";")[0]!);
  }
  const text = scripts.map(({ name }, place) => `${ids[place]}  ${name}`).join("\n");
  ui.result(text, { plan: storage.name, jobs: ids });
}

function afterText({ after }: SlurmScript, scripts: readonly SlurmScript[]): string {
  return after.length === 0 ? "" : `, after ${after.map((place) => scripts[place]!.name).join(", ")}`;
}

async function maxArray(): Promise<number> {
  const { stdout } = await slurm("scontrol", ["show", "config"]);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1] ?? MAX_ARRAY);
}

/** @throws DatadamError BACKEND_UNAVAILABLE where there is no Slurm; INVALID_OPTION where it refuses */
async function slurm(program: string, words: readonly string[]): Promise<{ readonly stdout: string }> {
  try {
    return await run(program, words);
  } catch (error) {
    if (errno(error) === "ENOENT") {
      throw new DatadamError("BACKEND_UNAVAILABLE", `there is no ${program} here`, {
        hint: "Submit it on a machine of the cluster, or print the scripts with --dry-run.",
      });
    }
    const said = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new DatadamError("INVALID_OPTION", `${program} refused it: ${said}`, {
      hint: "--set KEY=VALUE gives it options, such as partition=cpu or time=2:00:00.",
    });
  }
}

function quoted(word: string): string {
  return /^[\w.,:=/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
