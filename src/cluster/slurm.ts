// A plan as batch scripts of Slurm: arrays of jobs, and a collector after them.

import type { Plan, Stage } from "./types.ts";

export interface SlurmOptions {
  /** Shell text that does the job of the number in `$index`. */
  readonly work: string;
  /** Shell text that puts the whole together. */
  readonly collect: string;
  /** Options of sbatch by name: they come before those that follow from the plan. */
  readonly settings: Readonly<Record<string, string>>;
  /** Numbers of an array are below it (MaxArraySize). */
  readonly maxArray: number;
  /** Jobs of an array at once. Default: as many as Slurm has room for. */
  readonly atOnce?: number | undefined;
  /** Folder of what jobs say. */
  readonly logs: string;
}

export interface SlurmScript {
  /** e.g. `distilling-0`, `collect`. */
  readonly name: string;
  readonly text: string;
  /** Scripts before this one that have to end first, by their place in the list. */
  readonly after: readonly number[];
}

/**
 * The scripts that do what is missing of a plan, in the order in which they are submitted.
 *
 * @param missing numbers of jobs that are not done, ascending
 */
export function slurmScripts(plan: Plan, missing: readonly number[], options: SlurmOptions): SlurmScript[] {
  const scripts: SlurmScript[] = [];
  let before: number[] = [];
  for (const stage of plan.stages) {
    const own: number[] = [];
    for (const [offset, numbers] of arraysOf(stage, missing, options.maxArray)) {
      own.push(scripts.length);
      const name = `${stage.name}-${numbers[0]! + offset}`;
      scripts.push({ name, text: arrayScript(name, stage, offset, numbers, options), after: before });
    }
    if (own.length > 0) before = own;
  }
  scripts.push({ name: "collect", text: collectScript(options), after: before });
  return scripts;
}

/** Numbers of a stage in arrays, whose own numbers begin at 0: what is added to them, and which they are. */
function arraysOf({ first, count }: Stage, missing: readonly number[], most: number): [number, number[]][] {
  const arrays = new Map<number, number[]>();
  for (const index of missing) {
    if (index < first || index >= first + count) continue;
    const offset = first + Math.floor((index - first) / most) * most;
    arrays.set(offset, [...(arrays.get(offset) ?? []), index - offset]);
  }
  return [...arrays];
}

/** `0-4,7` of ascending numbers. */
export function rangesOf(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}

function directives(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : `#SBATCH --${name}${value === "" ? "" : `=${value}`}`))
    .join("\n");
}

function arrayScript(name: string, stage: Stage, offset: number, numbers: number[], options: SlurmOptions): string {
  const { work, settings, atOnce, logs } = options;
  const limit = atOnce === undefined ? "" : `%${atOnce}`;
  const head = directives({
    "job-name": `datadam-${name}`,
    ...needsOf(stage),
    ...settings,
    array: rangesOf(numbers) + limit,
    requeue: "",
    // A minute before the time is over, the script is told.
    signal: "B:USR1@60",
    "open-mode": "append",
    output: `${logs}/${name}-%a.log`,
  });
  return `#!/bin/bash
${head}
index=$((SLURM_ARRAY_TASK_ID + ${offset}))
${work} &
worker=$!
trap 'kill -USR1 "$worker" 2>/dev/null' USR1 TERM
# A signal ends the waiting, not the worker.
while :; do
  wait "$worker"
  code=$?
  [ "$code" -gt 128 ] || break
  if ! kill -0 "$worker" 2>/dev/null; then
    wait "$worker" 2>/dev/null
    last=$?
    [ "$last" = 127 ] || code=$last
    break
  fi
done
# 75: to be started again. Where it was cancelled it stays so.
if [ "$code" = 75 ] && [ "$(squeue --noheader --format=%T --jobs="$SLURM_JOB_ID")" = RUNNING ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
`;
}

/** Thrice the time that was measured, and half as much memory again. */
function needsOf({ needs }: Stage): Record<string, string | undefined> {
  if (needs === null) return {};
  const minutes = Math.max(10, Math.ceil((3 * needs.seconds) / 60));
  const megabytes = needs.memory === null ? undefined : Math.ceil((1.5 * needs.memory) / 2 ** 20);
  return { time: String(minutes), mem: megabytes === undefined ? undefined : `${megabytes}M` };
}

function collectScript({ collect, settings: { time: _, ...settings }, logs }: SlurmOptions): string {
  const head = directives({
    "job-name": "datadam-collect",
    ...settings,
    "open-mode": "append",
    output: `${logs}/collect.log`,
  });
  return `#!/bin/bash\n${head}\nexec ${collect}\n`;
}
