// The command line as the experiments of bench/ use it, and the hours that its folders took.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** Runs a command in a folder, where banks are shared: what it printed as JSON. @throws Error where it fails */
export function datadam(folder, words) {
  process.stderr.write(`datadam ${words.join(" ")}\n`);
  const child = spawnSync(process.execPath, [main, ...words, "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 28,
  });
  if (child.status !== 0) throw new Error(`datadam ${words[0]} ended with ${child.status}`);
  return JSON.parse(child.stdout);
}

/** The same without its progress, and with its seconds and the peak of its memory in MB. */
export function measured(words, folder = ".") {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [main, ...words, "--json", "--quiet"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    let peak;
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const watch = setInterval(() => {
      const status = `/proc/${child.pid}/status`;
      if (!existsSync(status)) return;
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(status, "utf8")) ?? [];
      if (kilobytes !== undefined) peak = Math.round(Number(kilobytes) / 1024);
    }, 250);
    child.on("close", (code) => {
      clearInterval(watch);
      if (code !== 0) return reject(new Error(`datadam ${words.join(" ")} ended with ${code}`));
      const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
      resolve({ result: JSON.parse(printed), seconds, megabytes: peak });
    });
  });
}

/** Hours in which a folder was held, after its events; a resumed job has several claims. */
export function hoursOf(folder) {
  const path = join(folder, "events.jsonl");
  if (!existsSync(path)) return 0;
  const claims = new Map();
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    const { claim, time } = JSON.parse(line);
    const { from = time } = claims.get(claim) ?? {};
    claims.set(claim, { from, to: time });
  }
  const spans = [...claims.values()].map(({ from, to }) => Date.parse(to) - Date.parse(from));
  return spans.reduce((sum, span) => sum + span, 0) / 3_600_000;
}

/** Hours of the steps of a distillation, of all its processes; undefined where none was made. */
export function stepHours(folder) {
  const path = join(folder, "metrics.jsonl");
  if (!existsSync(path)) return undefined;
  const steps = readFileSync(path, "utf8").trim().split("\n");
  return steps.reduce((sum, line) => sum + JSON.parse(line).seconds, 0) / 3600;
}

/** Hours of the bank that a run was distilled from; 0 where there is none. @param work the folder that holds banks/ */
export function bankHours(work, run) {
  const { bank } = JSON.parse(readFileSync(join(work, run, "record.json"), "utf8"));
  return bank === undefined ? 0 : hoursOf(join(work, "banks", bank.path.split(/[\\/]/).at(-1)));
}

/** The words that a script was given, with its places made general. */
export function commandOf(script, places) {
  const words = process.argv.slice(2).map((word) => places[word] ?? word);
  return `node bench/${script} ${words.map((word) => (/^[\w.,=/-]+$/.test(word) ? word : `"${word}"`)).join(" ")}`;
}

/** What measured. */
export const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.versions.node };
