// The image's recipe: what scripts/container.mjs reads of it, and what holds of it. Building it takes minutes and a
// network, and is that script's affair (records/container.json).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Step {
  readonly name: string;
  readonly text: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly cwd: string;
}
interface Stage {
  readonly from: string;
  readonly name?: string;
  readonly steps: readonly Step[];
  readonly user: string;
  readonly workdir: string;
  readonly entry: readonly string[];
}
const script = new URL("../../scripts/container/dockerfile.mjs", import.meta.url).href;
const { parseDockerfile } = (await import(script)) as { parseDockerfile: (text: string) => Stage[] };
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("the Dockerfile", () => {
  it("makes an image whose programs run as another user than root", () => {
    const stages = parseDockerfile(read("Dockerfile"));
    expect(stages.map(({ from }) => from)).toEqual(Array(stages.length).fill("node:22-bookworm-slim"));
    const last = stages.at(-1)!;
    expect(last).toMatchObject({ user: "node", workdir: "/data", entry: ["datadam"] });
    // What is copied between stages is made there.
    for (const { name, flags, text } of last.steps) {
      if (name !== "COPY") continue;
      const [source] = text.split(" ");
      const made = stages.find((stage) => stage.name === flags.from)!.steps.some((step) => step.text.includes(source!));
      expect(made, text).toBe(true);
    }
  });

  it("was built by its own steps, as the record tells", () => {
    const { steps, checks } = JSON.parse(read("records/container.json")) as {
      steps: readonly { readonly step: string }[];
      checks: Readonly<Record<string, boolean>>;
    };
    const done = steps.map(({ step }) => step.replace(/\.\.\.$/, ""));
    for (const { name, text } of parseDockerfile(read("Dockerfile")).flatMap((stage) => stage.steps)) {
      const line = `${name} ${text}`;
      expect(
        done.some((step) => line.startsWith(step)),
        `${line}: run node scripts/container.mjs WORK --record records/container.json`,
      ).toBe(true);
    }
    expect(Object.entries(checks).filter(([, held]) => !held)).toEqual([]);
    expect(Object.keys(checks)).toContain("notRoot");
  });

  it("is read as an engine reads it: comments, continued lines, flags", () => {
    const [stage] = parseDockerfile("# a\nFROM node:1-b-slim AS x\nWORKDIR /w\nRUN a \\\n  # b\n  && c\nUSER me\n");
    expect(stage).toMatchObject({ from: "node:1-b-slim", name: "x", user: "me", workdir: "/w" });
    expect(stage!.steps[1]).toMatchObject({ name: "RUN", text: "a   && c", cwd: "/w" });
    expect(() => parseDockerfile("FROM a\nVOLUME /x")).toThrow(/VOLUME/);
    expect(() => parseDockerfile("RUN a")).toThrow(/before FROM/);
  });
});
