// Links of the documentation: each leads to a file that exists, and to a heading that is there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...filesOf("docs", /\.md$/)];

/** Files below a folder whose names match, as paths from the root. */
function filesOf(folder: string, name: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path));
}

/** A page without its blocks and spans of code. */
function proseOf(page: string): string {
  const text = readFileSync(join(root, page), "utf8");
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "").replaceAll(/`[^`\n]*`/g, (code) => "`".repeat(code.length));
}

/** The anchors of a page: its headings as GitHub turns them into ids, with -1, -2 for those that repeat. */
function anchorsOf(page: string): Set<string> {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  const anchors = new Set<string>();
  for (const [, heading] of text.matchAll(/^#{1,6} +(.+)$/gm)) {
    const id = heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let unique = id;
    for (let again = 1; anchors.has(unique); again++) unique = `${id}-${again}`;
    anchors.add(unique);
  }
  return anchors;
}

/** What is wrong with the links of a page, each as `target: reason`. */
function brokenLinks(page: string): string[] {
  const broken: string[] = [];
  for (const [, target] of proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target!)) continue;
    const [path, anchor] = target!.split("#") as [string, string?];
    const file = path === "" ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, file))) broken.push(`${target}: no such file`);
    else if (anchor !== undefined && !anchorsOf(file).has(anchor)) broken.push(`${target}: no such heading`);
  }
  return broken;
}

describe("documentation", () => {
  it.each(pages)("links of %s lead somewhere", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it("every page can be reached from the README", () => {
    const reached = new Set(["README.md"]);
    for (const page of reached) {
      for (const [, target] of proseOf(page).matchAll(/\]\(([^()\s#]+)[^()\s]*\)/g)) {
        const file = relative(root, join(root, dirname(page), target!));
        if (pages.includes(file)) reached.add(file);
      }
    }
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it("pages that sources, tests and scripts name exist", () => {
    const files = ["src", "test", "scripts", "bench"].flatMap((folder) => filesOf(folder, /\.(ts|mjs|py)$/));
    const named = files.flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([page]) => ({ file, page })),
    );
    expect(named.filter(({ page }) => !existsSync(join(root, page)))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
});
