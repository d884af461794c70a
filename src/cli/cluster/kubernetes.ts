// Gives a plan to Kubernetes, or prints what it would be given.

import { spawn } from "node:child_process";
import { basename, relative, resolve, sep } from "node:path";
import { manifests } from "../../cluster/index.ts";
import { DatadamError } from "../../errors.ts";
import { errno } from "../../lab/node/index.ts";
import { isS3 } from "../../storage/s3/index.ts";
import { needed, type Submission } from "./submission.ts";

export async function submitToKubernetes({ storage, plan, flags, ui }: Submission): Promise<void> {
  if (isS3(storage.name)) {
    throw new DatadamError("INVALID_OPTION", `${storage.name} is in no volume that pods could mount`, {
      hint: "Plan into the folder that the claim holds, or submit to local, slurm or bullmq.",
    });
  }
  const { image, claim, mount, namespace, retries, workers, dryRun } = flags;
  const below = relative(resolve(storage.name, plan.folder), storage.name).split(sep).join("/");
  if (below.startsWith("..")) {
    throw new DatadamError("INVALID_OPTION", `${storage.name} does not lie in the folder that it was planned in`, {
      hint: "Plan it below the folder that the claim holds.",
    });
  }
  const where = `${mount}/${below}`;
  const list = manifests(plan, {
    ...{ name: basename(storage.name), mount, namespace, retries, atOnce: workers ?? plan.stages[0]!.count },
    image: needed(image, "kubernetes", "--image IMAGE"),
    claim: needed(claim, "kubernetes", "--claim NAME"),
    work: (first) => ["worker", where, "--offset", String(first), "--wait", "--progress", "plain"],
    collect: ["collect", where, "--wait", "--progress", "plain"],
  });
  const text = JSON.stringify(list, undefined, 2);
  if (dryRun) return ui.result(text, list);
  const said = await apply(text);
  if (said === undefined) {
    ui.reporter.warn("there is no kubectl here: these are the manifests for `kubectl apply`");
    return ui.result(text, list);
  }
  ui.result(said.trim(), { plan: storage.name, applied: said.trim().split("\n") });
}

/** Undefined where there is no kubectl. @throws DatadamError INVALID_OPTION where it refuses */
function apply(text: string): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const child = spawn("kubectl", ["apply", "-f", "-"], { stdio: ["pipe", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (piece) => {
      out += piece;
    });
    child.stderr.on("data", (piece) => {
      err += piece;
    });
    child.on("error", (error) => (errno(error) === "ENOENT" ? done(undefined) : fail(error)));
    child.stdin.on("error", () => {});
    child.stdin.end(text);
    child.on("close", (code) => {
      if (code === 0) return done(out);
      const message = `kubectl refused it: ${err.trim().split("\n")[0]}`;
      fail(new DatadamError("INVALID_OPTION", message, { hint: "--dry-run prints what it was given." }));
    });
  });
}
