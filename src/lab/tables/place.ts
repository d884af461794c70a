// Paths that a table names, relative to its folder.

/** A path below a folder, as seen from here. An absolute path stays; `.` and `..` are resolved where they can be. */
export function pathFrom(folder: string | undefined, path: string): string {
  if (folder === undefined || /^([\\/]|[A-Za-z]:[\\/])/.test(path)) return path;
  const parts = folder.replace(/[\\/]+$/, "").split("/");
  for (const part of path.split("/")) {
    const last = parts.at(-1);
    if (part === "" || part === ".") continue;
    if (part === ".." && last !== undefined && !["", ".", ".."].includes(last)) parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
