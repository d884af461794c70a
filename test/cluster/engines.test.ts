// What Slurm and Kubernetes are given: scripts that run, manifests that its models accept.

import { execFile, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Job } from "kubernetes-models/batch/v1";
import { afterAll, describe, expect, it } from "vitest";
import { manifests, slurmScripts } from "../../src/cluster/index.ts";
import { rangesOf } from "../../src/cluster/slurm.ts";
import type { Plan } from "../../src/cluster/types.ts";
import { planOf } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "engines-"));
afterAll(() => rmSync(folder, { recursive: true }));

function plan(...counts: readonly number[]): Plan {
  let first = 0;
  const stages = counts.map((count, i) => {
    const stage = { name: ["bank", "distilling"][i]!, first, count, needs: { seconds: 600, memory: 2 ** 28, disk: 9 } };
    first += count;
    return stage;
  });
  return { format: "datadam-plan/1", bytes: 0, ...planOf(1), stages };
}

function all(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

const noKubectl = spawnSync("kubectl", ["version", "--client"]).status !== 0;
if (noKubectl) process.stderr.write("no kubectl here: manifests are checked by the models of the API alone\n");

const options = {
  work: 'work "$index"',
  collect: "gather",
  settings: { partition: "cpu" },
  maxArray: 1001,
  logs: folder,
};

describe("scripts for Slurm", () => {
  it("are an array a stage, split at MaxArraySize, each after the one before, then the collector", () => {
    const scripts = slurmScripts(plan(1, 2500), all(2501), options);
    expect(scripts.map(({ name, after }) => [name, after])).toEqual([
      ["bank-0", []],
      ["distilling-1", [0]],
      ["distilling-1002", [0]],
      ["distilling-2003", [0]],
      ["collect", [1, 2, 3]],
    ]);
    const arrays = scripts.map(({ text }) => /--array=(\S+)/.exec(text)?.[1]);
    expect(arrays).toEqual(["0", "0-1000", "0-1000", "0-497", undefined]);
    expect(scripts[2]!.text).toContain("index=$((SLURM_ARRAY_TASK_ID + 1002))");
    expect(scripts[2]!.text).toMatch(/--requeue$/m);
    expect(scripts[2]!.text).toContain("--time=30\n");
    expect(scripts[2]!.text).toContain("--mem=384M\n");
    expect(scripts[2]!.text).toContain("--partition=cpu\n");
  });

  it("hold what is missing alone, and at most so many at once", () => {
    const scripts = slurmScripts(plan(1, 10), [3, 4, 5, 9], { ...options, atOnce: 2 });
    expect(scripts.map(({ name, after }) => [name, after])).toEqual([
      ["distilling-3", []],
      ["collect", [0]],
    ]);
    expect(scripts[0]!.text).toContain("--array=2-4,8%2\n");
  });

  it.each([
    [[], ""],
    [[5], "5"],
    [[0, 1, 2, 4, 6, 7], "0-2,4,6-7"],
  ])("name the numbers %j as %s", (numbers, text) => {
    expect(rangesOf(numbers)).toBe(text);
  });

  it.each<[string, string, boolean, number, string]>([
    ["is put into the queue again at 75", "exit 75", false, 75, "requeue 42\n"],
    ["is not where it was cancelled", "exit 75; : CANCELLED", false, 75, ""],
    ["is not where it is done", "exit 0", false, 0, ""],
    ["is not where it failed", "exit 3", false, 3, ""],
    ["is told of the end of its time, and waited for", "sleep 0.3; exit 75", true, 75, "requeue 42\n"],
  ])("make an array whose job %s", async (_, work, signalled, code, requeued) => {
    const log = join(folder, "requeued");
    writeFileSync(log, "");
    const state = work.includes("CANCELLED") ? "CANCELLED" : "RUNNING";
    for (const [name, body] of Object.entries({ squeue: `echo ${state}`, scontrol: `echo "$@" >> ${log}` })) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    // A worker of which SIGUSR1 reaches the end that it names.
    const worker = join(folder, "worker.sh");
    const ready = join(folder, "ready");
    rmSync(ready, { force: true });
    writeFileSync(
      worker,
      signalled ? `trap '${work}' USR1\ntouch ${ready}\nwhile :; do sleep 0.05; done\n` : `${work}\n`,
    );
    const script = join(folder, "array.sh");
    writeFileSync(script, slurmScripts(plan(1), [0], { ...options, work: `bash ${worker}` })[0]!.text);
    const env = { PATH: `${folder}:${process.env.PATH}`, SLURM_ARRAY_TASK_ID: "0", SLURM_JOB_ID: "42" };
    const child = spawn("bash", [script], { env });
    if (signalled) {
      while (!existsSync(ready) || !catches(child.pid!, constants.signals.SIGUSR1)) await sleep(20);
      child.kill("SIGUSR1");
    }
    const ended = await new Promise((resolve) => child.on("close", resolve));
    expect(ended).toBe(code);
    expect(readFileSync(log, "utf8")).toBe(requeued);
  });

  it("are what a shell can read", async () => {
    for (const { text } of slurmScripts(plan(1, 10), all(11), options)) {
      const file = join(folder, "script.sh");
      writeFileSync(file, text);
      await promisify(execFile)("bash", ["-n", file]);
    }
  });
});

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Whether a process has a handler for a signal; true where that cannot be seen. */
function catches(pid: number, signal: number): boolean {
  if (!existsSync(`/proc/${pid}/status`)) return true;
  const mask = /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
}

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

describe("manifests for Kubernetes", () => {
  const settings = {
    ...{ name: "plan", image: "datadam:1", claim: "data", mount: "/data", atOnce: 20, retries: 3 },
    work: (first: number) => ["worker", "/data/plan", "--offset", String(first), "--wait"],
    collect: ["collect", "/data/plan", "--wait"],
  };

  it("are Jobs as the models of its API know them", () => {
    const { items } = manifests(plan(1, 150_000), settings) as unknown as { items: readonly Manifest[] };
    expect(items.map(({ metadata }) => metadata.name)).toEqual([
      "datadam-plan-bank-0",
      "datadam-plan-distilling-1",
      "datadam-plan-distilling-100001",
      "datadam-plan-collect",
    ]);
    for (const item of items) new Job(item as never).validate();
    expect(items[2]!.spec).toMatchObject({
      completionMode: "Indexed",
      completions: 50_000,
      parallelism: 20,
      template: { spec: { restartPolicy: "Never", containers: [{ args: expect.arrayContaining(["100001"]) }] } },
    });
    const ignored = { action: "Ignore", onExitCodes: { containerName: "datadam", operator: "In", values: [75] } };
    for (const { spec } of items) {
      expect((spec.podFailurePolicy as { rules: unknown[] }).rules).toContainEqual(ignored);
    }
  });

  it("are refused by the models where a key is wrong", () => {
    const { items } = manifests(plan(1), settings) as unknown as { items: readonly Manifest[] };
    const wrong = { ...items[0]!, spec: { ...items[0]!.spec, completions: "many" } };
    expect(() => new Job(wrong as never).validate()).toThrow(/completions/);
  });

  it.skipIf(noKubectl)("are read by kubectl, and nothing of them is unknown to it", async () => {
    const list = manifests(plan(1, 30), settings);
    const file = join(folder, "jobs.json");
    // It reads them as Jobs, gives them another image, and writes what it has understood.
    const words = ["set", "image", "--local", "-f", file, "datadam=datadam:2", "-o", "json"];
    const kubectl = async (content: unknown): Promise<unknown> => {
      writeFileSync(file, JSON.stringify(content));
      const { stdout } = await promisify(execFile)("kubectl", words);
      // One object after the other.
      return JSON.parse(`[${stdout.trim().replaceAll(/\n}\n{/g, "\n},\n{")}]`);
    };
    const text = JSON.stringify(list).replaceAll("datadam:1", "datadam:2");
    const { items } = JSON.parse(text) as { items: readonly Manifest[] };
    expect(await kubectl(list)).toMatchObject(items);
    const [first] = (list as unknown as { items: readonly Manifest[] }).items;
    const wrong = { ...first!, spec: { ...first!.spec, completions: "many" } };
    await expect(kubectl(wrong)).rejects.toThrow(/completions/);
    const [found] = (await kubectl({ ...first!, spec: { ...first!.spec, completed: 3 } })) as Manifest[];
    expect(found!.spec).toMatchObject({ completions: 1 });
    expect(found!.spec).not.toHaveProperty("completed");
  });

  it("need a name that Kubernetes takes", () => {
    expect(() => manifests(plan(1), { ...settings, name: "My plan" })).toThrow(/"My plan" is no part of a name/);
  });
});
