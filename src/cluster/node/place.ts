// Where a plan lies, and the folder that paths of its jobs are relative to.

import { relative, resolve, sep } from "node:path";

/** A path between folders, with `/` on every system. */
function between(from: string, to: string): string {
  return relative(from, to).split(sep).join("/") || ".";
}

/** How a plan in a folder names the current one, and jobs of the current one the plan. */
export function relativePlace(plan: string): { readonly place: string; readonly folder: string } {
  return { place: between(process.cwd(), plan), folder: between(plan, process.cwd()) };
}

/** Makes the folder that a plan's paths are relative to the current one. */
export function enterFolder(plan: string, folder: string): void {
  process.chdir(resolve(plan, folder));
}
