import { describe, expect, it } from "vitest";
import {
  configKeys,
  defaultPreset,
  jsonSchema,
  keysFor,
  METHOD_NAMES,
  nearest,
  PRESET_NAMES,
  parseConfig,
  parseShared,
  presets,
  type ResolvedConfig,
  resolveConfig,
  shardObstacle,
} from "../../../src/distill/config/index.ts";
import { resolveWith } from "../../../src/distill/config/resolveConfig.ts";
import { datadam } from "../../../src/distill/methods/datadam.ts";

const cifar = { name: "cifar10/train", shape: [3, 32, 32], flippable: true } as const;

function problem(partial: object): string {
  try {
    parseConfig(partial);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
}

describe("parseConfig", () => {
  it("fills in the keys that all methods have, and DataDAM's, with the paper's values", () => {
    expect(parseConfig({})).toMatchInlineSnapshot(`
      {
        "activation": "auto",
        "arch": "convnet",
        "attentionNorm": "l2",
        "attentionReduction": "sum",
        "attentionWeight": 1,
        "augment": "auto",
        "augmentMode": "one",
        "averaging": 0,
        "batchReal": 128,
        "channelWeight": 0,
        "crossEntropy": 0,
        "crossEntropyFrom": 0.4,
        "depth": "auto",
        "draws": "auto",
        "errorType": "mse",
        "factor": 1,
        "init": "real",
        "ipc": 10,
        "iterations": 8000,
        "labelRate": 0,
        "lambda": "auto",
        "layers": "auto",
        "lrImg": "auto",
        "method": "datadam",
        "momentsWeight": 0,
        "momentum": 0.5,
        "networks": 0,
        "norm": "instance",
        "pooling": "auto",
        "power": 4,
        "sampling": "independent",
        "scale": 100,
        "seed": 0,
        "space": "normalized",
        "width": "auto",
        "zca": "auto",
        "zcaEps": 0.1,
      }
    `);
    expect(parseConfig(presets.paper)).toEqual(parseConfig({}));
  });

  it("treats an undefined value as an absent key", () => {
    expect(parseConfig({ ipc: undefined, seed: 3 })).toEqual(parseConfig({ seed: 3 }));
  });

  it("says one line for each problem, with the value it got", () => {
    expect(problem({ ipcs: 3 })).toMatchInlineSnapshot(`"unknown configuration key "ipcs"; did you mean ipc?"`);
    expect(problem({ ipc: 3.5 })).toMatchInlineSnapshot(`"ipc: must be an integer, got 3.5"`);
    expect(
      problem({
        ipc: 0,
        iterations: Number.NaN,
        power: "4",
        lrImg: "fast",
        depth: 1.5,
        norm: "btch",
        momentum: 1,
        augment: "color_color",
        layers: [0, -1],
        zca: "yes",
        batch_real: 3,
        zzz: 1,
      }),
    ).toMatchInlineSnapshot(`
      "12 problems in the configuration:
        ipc: must be above 0, got 0
        iterations: must be a number, got NaN
        lrImg: must be a number or "auto", got "fast"
        momentum: must be below 1, got 1
        norm: must be "none" or "instance" or "group" or "layer" or "batch", got "btch"
        depth: must be an integer or "auto", got 1.5
        zca: must be a boolean or "auto", got "yes"
        augment: must be "auto", "none" or operations (color, crop, cutout, flip, rotate, scale) joined by "_", each once, got "color_color"
        power: must be a number, got "4"
        layers.1: must be at least 0, got -1
        unknown configuration key "batch_real"; did you mean batchReal?
        unknown configuration key "zzz""
    `);
  });

  it.each(Object.keys(presets))("accepts preset %s", (name) => {
    expect(parseConfig(presets[name as keyof typeof presets]).ipc).toBe(10);
  });
});

it("preset bank is the paper's, with a finite family of networks", () => {
  const { networks, draws, sampling, ...rest } = presets.bank;
  expect({ networks, draws, sampling }).toEqual({ networks: 200, draws: 1, sampling: "even" });
  expect(rest).toEqual(presets.paper);
});

describe("methods", () => {
  const settle = (options: object): ResolvedConfig => resolveConfig(parseConfig(options), cifar);

  it("have their papers' values as defaults, which given values override", () => {
    expect(settle({ method: "dm" })).toMatchObject({ iterations: 20000, batchReal: 256, lrImg: 1, zca: false });
    expect(settle({ method: "dc" })).toMatchObject({
      iterations: 1000,
      batchReal: 256,
      lrImg: 0.1,
      momentum: 0.5,
      init: "noise",
      augment: "none",
      lrNet: 0.01,
    });
    expect(settle({ method: "dsa" })).toMatchObject({
      lrImg: 0.1,
      init: "real",
      augment: "color_crop_cutout_flip_scale_rotate",
    });
    const explicit = { method: "dc", batchReal: 7, lrImg: 2, augment: "flip", outerLoops: 3, innerLoops: 0 } as const;
    expect(settle(explicit)).toMatchObject(explicit);
    expect(parseConfig({ method: "dm", batchReal: undefined })).toEqual(parseConfig({ method: "dm" }));
    expect(parseConfig(presets.dsa)).toEqual(parseConfig({ method: "dsa" }));
  });

  it.each([
    [1, 1, 1],
    [2, 2, 50],
    [10, 10, 50],
    [11, 11, 25],
    [20, 20, 25],
    [30, 30, 20],
    [40, 40, 15],
    [50, 50, 10],
    [100, 50, 10],
  ])("DC at %i images a class: %i outer loops, %i inner", (ipc, outerLoops, innerLoops) => {
    expect(settle({ method: "dc", ipc })).toMatchObject({ outerLoops, innerLoops });
  });

  it("say why their classes cannot be distilled apart, where they cannot", () => {
    const reason = (options: object): string | undefined => shardObstacle(parseConfig(options))?.reason;
    expect(reason({})).toBeUndefined();
    expect(reason({ method: "dm" })).toBeUndefined();
    expect(reason({ method: "dm", norm: "batch" })).toContain("norm batch couples the classes");
    expect(reason({ method: "dsa", ipc: 10 })).toBe(
      "method dsa trains its network on the synthetic images of all classes",
    );
    expect(reason({ method: "dsa", ipc: 1 })).toBeUndefined();
    expect(reason({ method: "dc", ipc: 10, outerLoops: 1 })).toBeUndefined();
  });

  it("refuse what they cannot do", () => {
    expect(() => settle({ method: "dc", norm: "batch" })).toThrow(
      "method dc takes the gradient of one class at a time",
    );
    expect(() => settle({ lambda: 0, attentionWeight: 0 })).toThrow("attentionWeight and lambda are both 0");
    expect(() => settle({ lambda: 0, layers: [] })).toThrow("layers is empty and lambda is 0");
    expect(problem({ method: "mtt" })).toBe('method: must be "datadam" or "dc" or "dm" or "dsa", got "mtt"');
    expect(problem({ method: "toString" })).toContain("method: must be");
  });

  it("have keys of their own, and refuse those of others, naming the method that has them", () => {
    expect(settle({ method: "dm", errorType: "mae" })).not.toHaveProperty("lambda");
    expect(Object.keys(settle({ method: "dc" }))).not.toContain("errorType");
    expect(problem({ method: "dm", lambda: 0 })).toBe("lambda is a key of method datadam, not of dm");
    expect(problem({ outerLoops: 3 })).toBe("outerLoops is a key of method dc and dsa, not of datadam");
    expect(problem({ method: "dm", outerLops: 3 })).toBe('unknown configuration key "outerLops"');
  });

  it("share what is not meant for one of them: each takes the keys that it has", () => {
    const values = { momentum: 0.1, power: 2, errorType: "mae", lrNet: 3, zzz: 1 };
    expect(keysFor("dm", values)).toEqual({ momentum: 0.1, errorType: "mae", zzz: 1 });
    expect(keysFor(undefined, values)).toEqual({ momentum: 0.1, power: 2, errorType: "mae", zzz: 1 });
    const { zzz: _, ...known } = values;
    expect(parseShared(known)).toMatchObject({ ...known, method: "datadam", scale: 100, outerLoops: "auto" });
    expect(() => parseShared({ lrNet: -1 })).toThrow("lrNet: must be above 0, got -1");
    expect(() => parseShared(values)).toThrow('unknown configuration key "zzz"');
  });

  it("and their presets are lists of names that follow from the methods", () => {
    expect(METHOD_NAMES).toEqual(["datadam", "dc", "dm", "dsa"]);
    expect(PRESET_NAMES).toEqual(["quick", "paper", "official", "bank", "plus", "plus-long", "dc", "dm", "dsa"]);
    expect([undefined, "datadam", "dm", "mine"].map(defaultPreset)).toEqual(["paper", "paper", "dm", "paper"]);
    expect([presets.official.method, presets.dsa.method, "method" in presets.quick]).toEqual(["datadam", "dsa", false]);
    for (const method of METHOD_NAMES) expect(parseConfig({ ...presets.quick, method }).width).toBe(32);
  });
});

describe("resolveConfig against a data set", () => {
  it("takes layers by name", () => {
    const layers = (options: object): unknown =>
      resolveWith(datadam, parseConfig({ ...options, method: datadam }), cifar).layers;
    expect([layers({}), layers({ layers: "all" }), layers({ layers: "last" })]).toEqual([[0, 1], [0, 1, 2], [2]]);
    expect([layers({ depth: 1 }), layers({ depth: 1, layers: "last" })]).toEqual([[0], [0]]);
  });

  it("gives CIFAR under the paper preset ZCA, depth 3, lr 1 and all augmentations", () => {
    expect(resolveConfig(parseConfig(presets.paper), cifar)).toMatchObject({
      zca: true,
      depth: 3,
      layers: [0, 1],
      lrImg: 1,
      augment: "color_crop_cutout_flip_scale_rotate",
    });
  });

  it("raises the learning rate above 50 images a class", () => {
    expect(resolveConfig(parseConfig({ ipc: 50 }), cifar).lrImg).toBe(1);
    expect(resolveConfig(parseConfig({ ipc: 51 }), cifar).lrImg).toBe(10);
    expect(resolveConfig(parseConfig({ ipc: 51, lrImg: 2 }), cifar).lrImg).toBe(2);
  });

  it.each([
    [28, 3, 0.01],
    [32, 3, 0.01],
    [64, 4, 0.01],
    [128, 5, 0.02],
  ])("chooses depth and lambda for %i px", (side, depth, lambda) => {
    const settled = resolveConfig(parseConfig({}), { name: "letters", shape: [1, side, side] });
    expect(settled).toMatchObject({ depth, lambda, zca: false });
    expect(settled).toMatchObject({ layers: Array.from({ length: depth - 1 }, (_, layer) => layer) });
  });

  it("does not mirror images whose class a mirror changes", () => {
    const set = { name: "letters", shape: [1, 28, 28], flippable: false } as const;
    expect(resolveConfig(parseConfig({}), set).augment).toBe("color_crop_cutout_scale_rotate");
    expect(resolveConfig(parseConfig({ augment: "flip" }), set).augment).toBe("flip");
  });

  it("refuses a network that the images do not fit and a layer that the network lacks", () => {
    expect(() => resolveConfig(parseConfig({ depth: 6 }), cifar)).toThrow(
      "depth 6 halves 32 x 32 images to nothing; use depth 5 or less, or pooling none",
    );
    expect(() => resolveConfig(parseConfig({ layers: [0, 3] }), cifar)).toThrow(
      "layers: no activation map 3 in a network with 3 (0 to 2)",
    );
  });

  it("changes nothing when applied again", () => {
    const once = resolveConfig(parseConfig(presets.paper), cifar);
    expect(resolveConfig(parseConfig(once), cifar)).toEqual(once);
  });
});

it("describes every key", () => {
  for (const { key, description } of configKeys()) expect(description, key).toMatch(/^\S.{15,}/);
  const rows = configKeys();
  expect(rows.map((row) => row.key)).toEqual(Object.keys(parseShared({})));
  expect(rows.find(({ key }) => key === "momentum")).not.toHaveProperty("methods");
  expect(rows.find(({ key }) => key === "errorType")).toMatchObject({
    methods: ["datadam", "dm"],
    description: "datadam, dm: distance of class means: squared, absolute (both summed), or 1 - cosine.",
  });
  expect(rows.find(({ key }) => key === "lrImg")?.description).toMatch(
    /10 above; dc, dsa: 0\.1, with space pixels 0\.005\.$/,
  );
});

it("has a JSON Schema that forbids unknown keys", () => {
  expect(jsonSchema()).toMatchObject({ type: "object", additionalProperties: false });
  expect(Object.keys((jsonSchema() as { properties: object }).properties)).toEqual(configKeys().map((row) => row.key));
});

it("has a JSON Schema that forbids the keys of other methods in a file that names its method", () => {
  const { allOf } = jsonSchema() as { allOf: { if: { properties: object }; then: { properties: object } }[] };
  const keysOf = (method: string): unknown =>
    allOf.find((one) => JSON.stringify(one.if.properties).includes(`"${method}"`))?.then.properties;
  const loops = { outerLoops: false, innerLoops: false, lrNet: false, batchTrain: false };
  expect(keysOf("datadam")).toEqual(loops);
  expect(keysOf("dm")).toMatchObject({ ...loops, power: false });
  expect(keysOf("dm")).not.toHaveProperty("errorType");
});

it("suggests the nearest word, and none where none is near", () => {
  expect(nearest("batch-real", ["batchReal", "ipc"])).toBe("batchReal");
  expect(nearest("lrimg", ["batchReal", "lrImg"])).toBe("lrImg");
  expect(nearest("temperature", ["batchReal", "ipc"])).toBeUndefined();
});
