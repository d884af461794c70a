// Architecture search through the command line: killed and resumed, with one worker and two.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runNas } from "../../src/cli/jobs/nas.ts";
import { createUi } from "../../src/cli/ui.ts";
import { loadDataset } from "../../src/data/index.ts";
import { prepare, randomSubset } from "../../src/images/index.ts";
import { writeSyntheticSet } from "../../src/run/index.ts";
import { find, parseXml } from "../support/xml.ts";
import { runCli, startCli } from "../support-cli.ts";
import { temporaryFolder } from "../support-run.ts";

const SPACE = {
  name: "small",
  axes: { depth: [1], width: [4], norm: ["none", "instance"], pooling: ["average", "max"] },
};
const WORDS =
  "nas --space space.json --max-madds 1 --epochs 2 --ipc 1 --validation-images 20 --reference-epochs 1 --reference-images 64".split(
    " ",
  );

function place(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "space.json"), JSON.stringify(SPACE));
  return cwd;
}

type NasFlags = Parameters<typeof runNas>[0];

/** As the command line does it, in this process: tells the result's text. */
async function nas(cwd: string, flags: Omit<Partial<NasFlags>, "out"> & { out: string }): Promise<string> {
  let told = "";
  const result = (text: string): void => {
    told = text;
  };
  const ui = { ...createUi({ quiet: true }), result };
  const small = { space: join(cwd, "space.json"), epochs: 2, ipc: 1, validationImages: 20, maxMadds: 1 };
  const reference = { referenceEpochs: 1, referenceImages: 64 };
  await runNas({ proxy: ["random"], ...small, ...reference, workers: 1, ...flags, out: join(cwd, flags.out) }, ui);
  return told;
}

interface Result {
  readonly id: string;
  readonly accuracy: number;
}

function results(cwd: string, out: string): { proxies: { name: string; results: Result[] }[] } {
  return JSON.parse(readFileSync(join(cwd, out, "nas.json"), "utf8"), (key, value: unknown) =>
    ["seconds", "projectedSeconds", "lanes", "created", "command"].includes(key) ? undefined : value,
  ) as ReturnType<typeof results>;
}

describe("datadam nas", () => {
  it("gives the same table in one go, and killed and resumed by two workers", async () => {
    const cwd = place();
    const proxy = ["random", "early-stopping"];
    const text = await nas(cwd, { proxy, reference: "train", retrainEpochs: 1, retrainImages: 32, out: "whole" });
    const more = "--proxy random,early-stopping --reference train --retrain-epochs 1 --retrain-images 32 --out killed";
    const words = [...WORDS, ...more.split(" ")];
    const killed = startCli(words, { cwd, pauseAt: "on the reference" });
    await killed.paused();
    expect(readFileSync(join(cwd, "killed/journal.jsonl"), "utf8").split("\n").length).toBeGreaterThan(3);
    killed.child.kill("SIGKILL");
    expect((await killed.finished).signal).toBe("SIGKILL");
    expect(existsSync(join(cwd, "killed/nas.json"))).toBe(false);
    const again = await runCli([...words, "--workers", "2"], { cwd });
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/^resuming .*killed$/m);
    expect(results(cwd, "killed")).toEqual(results(cwd, "whole"));
    expect(JSON.parse(readFileSync(join(cwd, "killed/nas.json"), "utf8")).command).toBe(
      `datadam ${words.join(" ").replace("--out killed", "--out OUT")} --workers 2`,
    );

    expect(text).toMatch(
      /^proxy +Spearman +Kendall +Spearman, best 20 % +selected +reference +retrained +images +time/,
    );
    expect(text).toContain("4 of 4 architectures, 2 epochs on each set; accuracy on 20 images held out.");
    expect(results(cwd, "whole")).toMatchObject({
      candidates: 4,
      reference: { from: "train", epochs: 1, images: 64 },
      proxies: [
        { name: "random", storedImages: 10, seenImages: 20 },
        { name: "early-stopping", storedImages: 2480, seenImages: 20 },
        { name: "whole set", storedImages: 64, seenImages: 64, agreement: { spearman: { value: 1 } } },
      ],
    });
    const svg = parseXml(readFileSync(join(cwd, "whole/nas.svg"), "utf8"));
    expect(find(svg, "g")).toHaveLength(2);
  }, 400_000);

  it("looks for the reference before it trains anything", async () => {
    const cwd = place();
    await expect(nas(cwd, { reference: join(cwd, "gone.json"), out: "early" })).rejects.toThrow("gone.json");
    expect(existsSync(join(cwd, "early"))).toBe(false);
  });

  it("adds to what is there, and takes the reference of another search", async () => {
    const cwd = place();
    await nas(cwd, { proxy: ["whole"], out: "a" });
    const lines = (): number => readFileSync(join(cwd, "a/journal.jsonl"), "utf8").trim().split("\n").length;
    expect(lines()).toBe(4);
    const { train } = await loadDataset("builtin");
    const set = join(cwd, "tiny");
    writeSyntheticSet(set, { ...randomSubset(await prepare(train, { zca: false }), 1, 7), provenance: {} });
    const part = { subset: [["norm", ["none"]]] as [string, string[]][], sample: 2 };
    const text = await nas(cwd, { proxy: [set], ...part, reference: join(cwd, "a/nas.json"), out: "a" });
    expect(lines()).toBe(6);
    const { proxies } = results(cwd, "a");
    expect(proxies.map(({ name, results: ranked }) => [name, ranked.map(({ id }) => id)])).toEqual([
      ["tiny", ["1-4-none-average", "1-4-none-max"]],
      ["whole set", ["1-4-none-average", "1-4-none-max"]],
    ]);
    expect(text).toContain("The time for all 4 is projected from the measured ones by multiply-adds.");
    await expect(nas(cwd, { reference: join(cwd, "a/nas.json"), out: "b" })).rejects.toThrow(
      "ranks 2 architectures, but not 1-4-instance-average and 1 more",
    );
    await expect(nas(cwd, { seed: 1, out: "a" })).rejects.toThrow("it differs in seed (there 0, given 1)");
  }, 400_000);

  it("says what is wrong before any work", async () => {
    const cwd = place();
    const fails = (flags: Partial<NasFlags>, message: string): Promise<void> =>
      expect(nas(cwd, { ...flags, out: "x" })).rejects.toThrow(message);
    await fails({ proxy: ["best"] }, "proxy best: No distilled set at best");
    await fails({ subset: [["norm", ["batch"]]] }, 'small has no norm "batch"');
    await fails({ sample: 1, maxMadds: 0.01 }, "the space has 0 architectures, fewer than 1");
    await fails({ sample: 5 }, "the space has 4 architectures, fewer than 5");
    await fails({ space: "huge" }, 'unknown search space "huge"');
    await fails({ dataset: "mnist", dataDir: cwd }, "MNIST");
    expect(existsSync(join(cwd, "x"))).toBe(false);
  });
});
