// What is packed: pages whose links lead to what is packed too, and the files that their commands name.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";

const packed = new Set(
  (
    JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        maxBuffer: 2 ** 26,
      }),
    ) as [{ files: { path: string }[] }]
  )[0].files.map(({ path }) => path),
);
const pages = [...packed].filter((path) => path.endsWith(".md"));
const isThere = (path: string): boolean => packed.has(path) || [...packed].some((file) => file.startsWith(`${path}/`));

describe("the package", () => {
  it.each(pages)("has what the links of %s lead to", (page) => {
    const text = readFileSync(page, "utf8").replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
    const prose = text.replaceAll(/`[^`\n]*`/g, (code) => "`".repeat(code.length));
    const targets = [...prose.matchAll(/\]\(([^()\s#]+)[^()\s]*\)/g)].map(([, target]) => target!);
    const dead = targets.filter(
      (target) => !/^[a-z]+:/.test(target) && !isThere(posix.normalize(posix.join(posix.dirname(page), target))),
    );
    expect(dead).toEqual([]);
  });

  it.each(pages)("has the files of its own that the commands of %s name", (page) => {
    const named = [...readFileSync(page, "utf8").matchAll(/\bdatadam [a-z][^`\n]*?\b((?:tables|examples)\/[\w./-]+)/g)];
    expect(named.map(([, path]) => path!).filter((path) => !isThere(path))).toEqual([]);
  });

  it("has neither tests nor records of tables", () => {
    expect(pages).toContain("README.md");
    expect([...packed].filter((path) => /^test\/|\.records\//.test(path))).toEqual([]);
  });
});
