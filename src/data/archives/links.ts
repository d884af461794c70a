// Links within an archive: they stand for files and folders of it. What leads out of it is refused.

import { LIMITS } from "../../limits.ts";
import { isImagePath } from "../layout/formats.ts";
import { joinPaths, refused } from "./paths.ts";

/** What a link leads to: a path of the archive. */
export interface Link {
  readonly to: string;
}

const MAX_STEPS = 40; // as systems follow links

/** A symbolic link, whose target is relative to its folder. @throws DatadamError INVALID_DATA where it leads out */
export function symbolicLink(file: string, path: string, target: string): Link {
  const to = joinPaths(path.replace(/[^/]*$/, ""), target.replaceAll("\\", "/"));
  if (/^([/\\]|[A-Za-z]:)/.test(target) || to.split("/")[0] === "..") {
    throw refused(file, `"${path}" is a link that leads out of the archive (to "${target.slice(0, 100)}")`);
  }
  return { to };
}

/**
 * The files that links stand for: by each path that leads through a link, the path of the file.
 * @param files paths of all files that are no links
 * @throws DatadamError INVALID_DATA where a link with the name of an image leads nowhere, or they stand for too many
 */
export function resolveLinks(
  file: string,
  files: readonly string[],
  links: ReadonlyMap<string, Link>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (links.size === 0) return found;
  const there = new Set(files);
  const folders: [path: string, to: string | undefined][] = [];
  for (const [path, link] of links) {
    if (path.length + link.to.length > LIMITS.linkLength)
      throw refused(file, `"${path.slice(0, 100)}" is a link of too long a name`);
    const to = follow(path, there, links);
    if (to !== undefined && there.has(to)) found.set(path, to);
    else folders.push([path, to]);
  }
  const sorted = [...files, ...found.keys()].sort();
  for (const [path, to] of folders) {
    const inner = to === undefined ? [] : below(sorted, to === "." ? "" : `${to}/`);
    for (const at of inner) {
      const alias = `${path}/${to === "." ? at : at.slice(to!.length + 1)}`;
      if (!there.has(alias)) found.set(alias, found.get(at) ?? at);
    }
    if (found.size > LIMITS.linkedFiles)
      throw refused(file, `its links stand for more than ${LIMITS.linkedFiles} files`);
    if (isImagePath(path) && inner.length === 0) {
      throw refused(file, `"${path}" is a link to "${links.get(path)!.to}", which is not in the archive`);
    }
  }
  return found;
}

/** Where a path leads, links on its way followed; undefined where they turn in a circle. */
function follow(path: string, there: ReadonlySet<string>, links: ReadonlyMap<string, Link>): string | undefined {
  let at = path;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (there.has(at)) return at;
    const linked = prefixes(at).find((prefix) => links.has(prefix));
    if (linked === undefined) return at;
    at = joinPaths(links.get(linked)!.to, at.slice(linked.length));
  }
  return undefined;
}

/** The path and the folders above it, the outermost first. */
function prefixes(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** The files of a sorted list that begin so. */
function below(sorted: readonly string[], prefix: string): readonly string[] {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < prefix) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < sorted.length && sorted[end].startsWith(prefix)) end++;
  return sorted.slice(low, end);
}
