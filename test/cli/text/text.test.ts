// Text for people: what a name of a file, a class, a tensor or a row may do to a terminal or a page, which is nothing.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reportFailure } from "../../../src/cli/fail.ts";
import { createReporter } from "../../../src/cli/reporter.ts";
import { table } from "../../../src/cli/table.ts";
import { json, message, name, plain } from "../../../src/cli/text/text.ts";
import { DatadamError } from "../../../src/errors.ts";
import { markdownName, markdownTable, markdownText } from "../../../src/lab/tables/text.ts";
import { plot } from "../../../src/plots/index.ts";
import { colour, tar, tree } from "../../data/files.ts";
import { runCli } from "../../support-cli.ts";
import { pt } from "../../support-hostile.ts";

const EVIL = "\u001b]0;title\u0007\u001b[2J\u009b31m\u007f\u202egnp\u2066\u2028\r";
/** What a terminal obeys or hides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const said = (error: unknown, verbose = false): string => {
  let text = "";
  reportFailure(error, { verbose, write: (part) => (text += part) });
  return text;
};
const error = (what: string, hint?: string): DatadamError => new DatadamError("INVALID_DATA", what, { hint });

describe("text", () => {
  it("has nothing that a terminal obeys, and stays as it is otherwise", () => {
    const any = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(any, (text) => {
        for (const written of [plain(text), message(text), name(text), json({ text })])
          expect(written).not.toMatch(OBEYED);
        expect(name(text)).not.toMatch(/[\t\n]/);
        expect(JSON.parse(json({ text }))).toEqual({ text });
        if (!OBEYED.test(text)) expect(plain(text)).toBe(text);
      }),
    );
    expect(plain(EVIL)).toBe("\\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\u007f\\u202egnp\\u2066\\u2028\\r");
    expect(plain("Füchse, 狐, לִיס, 🦊👩‍🚀\n\ttab")).toBe("Füchse, 狐, לִיס, 🦊👩‍🚀\n\ttab");
  });

  it("begins no second line as a message does", () => {
    const lines = (text: string): string[] =>
      text.split("\n").filter((line) => /^(error|hint|warning|note)/.test(line));
    const forged = 'cannot read "a\nerror: forged\r\nhint: run this\n\n \twarning: x"';
    expect(lines(said(error(forged, "do\nhint: that")))).toEqual(['error: cannot read "a', "hint: do"]);
    expect(lines(said(new Error(forged), true))).toEqual(['error: cannot read "a']);
    expect(said(new Error("a\nerror: forged"), true)).toMatch(/\n {2}error: forged\n[\s\S]*\n {4}at /);
    let text = "";
    const reporter = createReporter({ mode: "plain", write: (part) => (text += part) });
    reporter.warn("a\nerror: forged");
    reporter.note("b\nwarning: forged");
    reporter.progress({ stage: `c\nerror: forged${EVIL}`, done: 1, total: 2, detail: "d\nerror: x" });
    expect(lines(text)).toEqual(["warning: a"]);
    expect(text).not.toMatch(OBEYED);
    expect(text.split("\n").filter((line) => line.includes("c\\nerror: forged"))).toHaveLength(1);
  });

  it("keeps what has several lines of its own", () => {
    expect(said(error("3 problems in the job:\n  a\n  b"))).toBe("error: 3 problems in the job:\n  a\n  b\n");
  });

  it("is cut where a quote or a message is long, both ends kept", () => {
    const long = said(error(`"${"a".repeat(500)}end" cannot be read`));
    expect(long).toMatch(/^error: "a{222}\.\.\.a{72}end" cannot be read\n$/);
    expect(said(error(`${'"x" '.repeat(1e5)}`)).length).toBeLessThan(8100);
    expect(said(error(`"${"b".repeat(300)}" fits`))).toBe(`error: "${"b".repeat(300)}" fits\n`);
  });

  it("stands in a table on one line a row, in columns that fit", () => {
    const text = table(["class", "images"], [[`a\nb${EVIL}`, "1"], ["c", "22"]]); // biome-ignore format: rows
    expect(text.split("\n")).toHaveLength(4);
    expect(text).not.toMatch(OBEYED);
    expect(
      new Set(
        text
          .split("\n")
          .slice(0, 3)
          .map((line) => line.length),
      ).size,
    ).toBe(1);
    const many = Array.from({ length: 150_000 }, (_, i) => [String(i)]);
    expect(table(["n"], many).length).toBeGreaterThan(9e5);
  });
});

describe("Markdown", () => {
  it("has no HTML, no link and no picture that a name brought", () => {
    const names = [
      "<img src=x onerror=alert(1)>",
      "![](http://x)",
      "[a](javascript:b)",
      "\\[a](b)",
      "`code`",
      "&lt;b&gt;",
      "a|b",
      "c\nd",
    ];
    const page = markdownTable(["", ...names.map(markdownName)], names.map((one) => [markdownName(one), ...names.map(() => "1")])); // biome-ignore format: one call
    expect(page.split("\n")).toHaveLength(2 + names.length);
    for (const text of [page, ...names.map(markdownText)]) {
      expect(text).not.toMatch(/<|(^|[^\\])(\\\\)*[[`]|&lt;(?=b)|&(?=gt)/);
    }
    expect(markdownText("R&D, a < b; AT&T;")).toBe("R&D, a &lt; b; AT&amp;T;");
    expect(markdownName("ResNet_18 (w=64, 2*x)")).toBe("ResNet_18 (w=64, 2*x)");
  });
});

it("a plot is XML, whatever its names hold", () => {
  const series = [{ name: `<b>${EVIL}`, points: [{ x: 1, y: 2, label: `"&'${EVIL}` }] }];
  const svg = plot({ title: EVIL, x: { label: EVIL }, y: { label: "<script>" }, series });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
  expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|<script>|<b>/);
});

describe("the command line", () => {
  const run = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli(words);
    expect([0, 1, 2]).toContain(code);
    const text = stdout + stderr;
    expect(text).not.toMatch(OBEYED);
    expect(stderr.split("\n").filter((line) => line.startsWith("error:")).length).toBe(code === 0 ? 0 : 1);
    return text;
  };
  const EVALUATE = ["--dataset", "builtin", "--networks", "1", "--no-random"];

  it("of files: a class folder in a table, a file of a tar, a path of a CSV, keys of arrays, a row", async () => {
    const image = colour([1, 2, 3]);
    const folder = tree({ "set/a/1.png": image, "c.csv": `path,label\n${EVIL}\u001b.png,x\nb.png,y\n` });
    const strange = join(folder, "set", `b${EVIL.replaceAll("/", "")}`);
    mkdirSync(strange);
    writeFileSync(join(strange, "1.png"), image);
    expect(await run("data", "info", join(folder, "set"), "--size", "8")).toContain("b\\u001b]0;title");
    const forged = await tar({ "a/1.png": image, "b/1.png": image, "a/x\nerror: forged.png": Buffer.from("junk") });
    writeFileSync(join(folder, "n.tar"), forged);
    expect(await run("data", "info", join(folder, "n.tar"), "--size", "8")).toContain("\n  error: forged.png");
    await run("data", "info", join(folder, "c.csv"), "--size", "8");
    const key = pt("}X\x08\0\0\0\x1b[2J\x1b[1mNs");
    writeFileSync(join(folder, "k.pt"), key);
    expect(await run("evaluate", join(folder, "k.pt"), ...EVALUATE)).toContain("it holds \\u001b[2J");
    expect(await run("distill", "--preset", EVIL)).toContain("unknown preset");
    expect(await run(`data${EVIL}\nerror: x`)).toContain("unknown command");
  });
});
