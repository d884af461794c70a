import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bankJob } from "../../src/cli/jobs/banks/making.ts";
import { configAsked, distillJob } from "../../src/cli/jobs/distilling.ts";
import { selectJob } from "../../src/cli/jobs/selecting.ts";
import { resolveSettings as merged, type Settings } from "../../src/cli/settings.ts";
import type { DistillConfig } from "../../src/distill/config/index.ts";
import { temporaryFolder } from "../support-run.ts";

/** Settings with the configuration of the distillation that they ask for. */
function resolveSettings(...words: Parameters<typeof merged>): Settings & { readonly config: DistillConfig } {
  const settings = merged(...words);
  return { ...settings, config: configAsked(settings) };
}

function configFile(content: unknown): string {
  const path = join(temporaryFolder(), "config.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("precedence", () => {
  it("is flag, environment, file, preset, default", () => {
    const file = configFile({ batchReal: 33, power: 3, momentum: 0.3, norm: "layer" });
    const environment = { DATADAM_BATCH_REAL: "22", DATADAM_POWER: "2", DATADAM_MOMENTUM: "" };
    const { config, sources } = resolveSettings(
      { dataset: "x", preset: "official", config: file, set: [["batchReal", 11]] },
      environment,
    );
    expect(config).toMatchObject({ batchReal: 11, power: 2, momentum: 0.3, norm: "layer" });
    expect([config.iterations, config.init]).toEqual([20000, "real"]);
    expect(sources).toMatchObject({
      batchReal: "flag",
      power: "environment",
      momentum: "file",
      iterations: "preset",
      init: "default",
      preset: "flag",
    });
  });

  it("takes the quick preset for the built-in set and paper for others", () => {
    expect(resolveSettings({}, {}).job).toEqual({ dataset: "builtin", preset: "quick" });
    expect(resolveSettings({ dataset: "cifar100", labels: "coarse" }, {}).job.labels).toBe("coarse");
    expect(resolveSettings({ dataset: "cifar10" }, {}).job).toEqual({ dataset: "cifar10", preset: "paper" });
    expect(resolveSettings({}, { DATADAM_DATASET: "cifar10" }).job.preset).toBe("paper");
    expect(resolveSettings({ config: configFile({ dataset: "./mine", preset: "official" }) }, {}).job).toEqual({
      dataset: "./mine",
      preset: "official",
    });
  });

  it("takes a method's own preset where none is named", () => {
    const { job, config, sources } = resolveSettings({ dataset: "cifar10", method: "dm" }, {});
    expect([job.preset, config.method, config.batchReal, sources.method]).toEqual(["dm", "dm", 256, "flag"]);
    expect(resolveSettings({ dataset: "cifar10", preset: "dsa" }, {}).config.method).toBe("dsa");
    expect(resolveSettings({ dataset: "cifar10", method: "datadam" }, {}).job.preset).toBe("paper");
    expect(resolveSettings({ method: "dc" }, {}).job.preset).toBe("quick");
  });

  it("takes of environment and preset the keys that the method has, and refuses others that are meant for it", () => {
    const environment = { DATADAM_POWER: "2", DATADAM_LR_NET: "0.5", DATADAM_MOMENTUM: "0.1" };
    const { config, sources } = resolveSettings({ method: "dc", preset: "official" }, environment);
    expect(config).toMatchObject({ method: "dc", lrNet: 0.5, momentum: 0.1, batchReal: 64, norm: "batch" });
    expect(config).not.toHaveProperty("power");
    expect([sources.lrNet, sources.power]).toEqual(["environment", "default"]);
    expect(() => resolveSettings({ method: "dc", set: [["power", 2]] }, {})).toThrow(
      "power is a key of method datadam, not of dc",
    );
    const file = configFile({ lambda: 1 });
    expect(() => resolveSettings({ method: "dm", config: file }, {})).toThrow(
      `lambda is a key of method datadam, not of dm (${file})`,
    );
    expect(resolveSettings({ set: [["lrNet", 1]] }, {}, { method: "dsa" }).config).toMatchObject({ method: "dsa" });
  });

  it("puts what a bank was made for before the preset, and takes its preset and data set", () => {
    const file = configFile({ momentum: 0.3 });
    const bank = {
      method: { name: "datadam", preset: "official", power: 2, width: 8, batchReal: 9, norm: "instance" },
      data: { dataset: "cifar10", dir: "/data", size: 16 },
    } as const;
    const resolve = (
      flags: Parameters<typeof resolveSettings>[0],
      environment = {},
    ): ReturnType<typeof resolveSettings> => resolveSettings(flags, environment, { bank });
    const { job, config, sources, given } = resolve({ config: file, set: [["width", 4]] }, { DATADAM_BATCH_REAL: "7" });
    expect(job).toEqual({ dataset: "cifar10", dataDir: "/data", size: 16, preset: "official" });
    expect(config).toMatchObject({
      width: 4,
      batchReal: 7,
      momentum: 0.3,
      power: 2,
      norm: "instance",
      iterations: 20000,
    });
    expect(sources).toMatchObject({
      ...{ width: "flag", batchReal: "environment", momentum: "file", power: "bank", norm: "bank" },
      ...{ iterations: "preset", ipc: "default", dataset: "bank", preset: "bank", method: "bank" },
    });
    expect(given).toEqual({ momentum: 0.3, width: 4 });
    expect(resolve({ preset: "paper" })).toMatchObject({
      ...{ job: { preset: "paper" }, config: { power: 2, iterations: 8000 }, sources: { preset: "flag" } },
    });
    for (const flags of [{ method: "dm" }, { preset: "dm" }]) {
      const other = resolve(flags);
      expect(other).toMatchObject({ job: { preset: "dm" }, config: { method: "dm", width: 8, batchReal: 9 } });
      expect(other.config).not.toHaveProperty("power");
    }
    expect(resolve({ dataset: "mine", size: 32 }).job).toEqual({ dataset: "mine", size: 32, preset: "official" });
    expect(() => resolveSettings({}, {}, { bank: { ...bank, method: { ...bank.method, power: 0 } } })).toThrow(
      "power: must be at least 1, got 0 (of the bank)",
    );
  });

  it("takes the best preset for a data set where no other, no method and no networks are asked for", () => {
    const presetOf = (flags: Parameters<typeof resolveSettings>[0], environment = {}) =>
      resolveSettings(flags, environment, { preset: "plus" }).job.preset;
    expect(presetOf({ dataset: "mine" })).toBe("plus");
    expect(presetOf({})).toBe("quick");
    expect(presetOf({ dataset: "mine", networks: 20 })).toBe("paper");
    expect(presetOf({ dataset: "mine" }, { DATADAM_NETWORKS: "20" })).toBe("paper");
    expect(presetOf({ dataset: "mine", method: "datadam" })).toBe("paper");
    expect(presetOf({ dataset: "mine", config: configFile({ method: "dm" }) })).toBe("dm");
    expect(presetOf({ dataset: "mine", preset: "official" })).toBe("official");
    expect(resolveSettings({ dataset: "mine" }, {}).job.preset).toBe("paper");
  });

  it("gives batches and draws that are asked for to the bank that a preset makes", () => {
    const asked = (flags: Parameters<typeof resolveSettings>[0], environment = {}) =>
      distillJob(resolveSettings({ dataset: "mine", preset: "plus", ...flags }, environment)).bank;
    expect(asked({})).not.toHaveProperty("images");
    expect(asked({ draws: 3, set: [["batchReal", 64]] })).toMatchObject({ draws: 3, images: 64, networks: 2 });
    expect(asked({}, { DATADAM_BATCH_REAL: "9" })).toMatchObject({ images: 9 });
    expect(() => asked({ networks: 3 })).toThrow("networks: this distillation trains its networks");
  });

  it("lists what was given by hand, not what environment and presets say", () => {
    const { given } = resolveSettings({ ipc: 3, config: configFile({ power: 2 }) }, { DATADAM_SEED: "4" });
    expect(given).toEqual({ ipc: 3, power: 2 });
  });
});

describe("mistakes", () => {
  it.each<[string, Parameters<typeof resolveSettings>[0], Record<string, string>, string]>([
    [
      "an unknown key",
      { set: [["batch_real", 3]] },
      {},
      'unknown configuration key "batch_real" (--set); did you mean batchReal?',
    ],
    ["two values", { ipc: 3, set: [["ipc", 4]] }, {}, "ipc: the option says 3, --set 4"],
    ["a wrong value", { set: [["norm", "bach"]] }, {}, 'norm: must be "none" or "instance"'],
    [
      "a wrong value in the environment",
      {},
      { DATADAM_IPC: "many" },
      'ipc: must be a number, got "many" (DATADAM_IPC in the environment)',
    ],
    [
      "several wrong values",
      { set: [["ipc", 0]] },
      { DATADAM_BATCH_REAL: "x" },
      'batchReal: must be a number, got "x" (DATADAM_BATCH_REAL in',
    ],
    ["an unknown preset", { preset: "papr" }, {}, 'unknown preset "papr"; did you mean paper?'],
    ["a preset of the language", { preset: "toString" }, {}, 'unknown preset "toString"'],
    ["a wrong device", {}, { DATADAM_DEVICE: "gpu" }, 'device: must be cpu, webgpu or cuda, got "gpu"'],
    ["labels that are neither", {}, { DATADAM_LABELS: "both" }, 'labels must be fine or coarse, but it is "both"'],
    ["no workers", {}, { DATADAM_WORKERS: "0" }, "workers: must be a positive integer, got 0"],
    ["a missing file", { config: "/none/config.json" }, {}, "Cannot read the configuration file /none/config.json"],
  ])("says what is wrong with %s", (_, flags, environment, message) => {
    expect(() => resolveSettings(flags, environment)).toThrow(message);
  });

  it("names where each wrong value comes from, in jobs of every kind", () => {
    const file = configFile({ ipc: 0, power: 2 });
    const environment = { DATADAM_WIDTH: "many", DATADAM_METHOD: "dm" };
    const settings = merged({ method: "datadam", config: file, set: [["depth", 0]] }, environment);
    const lines = [
      `ipc: must be above 0, got 0 (${file})`,
      'width: must be a number or "auto", got "many" (DATADAM_WIDTH in the environment)',
      'depth: must be at least 1 or "auto", got 0',
    ];
    const several = (problems: readonly string[]): string =>
      `${problems.length} problems in the configuration:\n  ${problems.join("\n  ")}`;
    const thrown = (make: () => unknown): unknown => {
      try {
        return make();
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(thrown(() => distillJob(settings))).toBe(several(lines));
    expect(thrown(() => selectJob(settings, { method: "random" }))).toBe(several(lines));
    expect(thrown(() => bankJob(settings, {} as Parameters<typeof bankJob>[1]))).toBe(several(lines.slice(1)));
    expect(thrown(() => distillJob(merged({}, { DATADAM_METHOD: "mtt" })))).toBe(
      'method: must be "datadam" or "dc" or "dm" or "dsa", got "mtt" (DATADAM_METHOD in the environment)',
    );
    expect(thrown(() => distillJob(merged({}, { DATADAM_METHOD: "dc" }), { classes: [0] }))).toMatch(
      /^`classes` does not go with this: [^(]*$/,
    );
  });

  it("names the file of an unknown key", () => {
    const file = configFile({ $schema: "x", ipcs: 3 });
    expect(() => resolveSettings({ config: file }, {})).toThrow(
      `unknown configuration key "ipcs" (${file}); did you mean ipc?`,
    );
    expect(() => resolveSettings({ config: configFile("{") }, {})).toThrow("is not valid JSON");
    expect(() => resolveSettings({ config: configFile([1]) }, {})).toThrow("must hold one JSON object");
  });
});
