// Where a plan lies, and the folder that paths of its jobs are relative to.

import { relative, resolve, sep } from "node:path";
import { isS3 } from "../../storage/s3/index.ts";

/** A path between folders, with `/` on every system. */
function between(from: string, to: string): string {
  return relative(from, to).split(sep).join("/") || ".";
}

/** How a plan names the current folder, and jobs of the current folder the plan. */
export function relativePlace(plan: string): { readonly place: string; readonly folder: string } {
  if (isS3(plan)) return { place: plan, folder: "." };
  return { place: between(process.cwd(), plan), folder: between(plan, process.cwd()) };
}

/** The folder that a plan's paths are relative to: with a plan in an object store, the current one. */
export function folderFor(plan: string, folder: string): string {
  return isS3(plan) ? process.cwd() : resolve(plan, folder);
}

/** Makes that folder the current one. */
export function enterFolder(plan: string, folder: string): void {
  process.chdir(folderFor(plan, folder));
}
