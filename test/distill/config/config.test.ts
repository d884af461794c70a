import { describe, expect, it } from "vitest";
import {
  configKeys,
  jsonSchema,
  nearest,
  parseConfig,
  presets,
  type ResolvedConfig,
  resolveConfig,
  shardObstacle,
} from "../../../src/distill/config/index.ts";

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
  it("fills in every key with the paper's values", () => {
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
        "batchTrain": 256,
        "depth": "auto",
        "errorType": "mse",
        "factor": 1,
        "init": "real",
        "innerLoops": "auto",
        "ipc": 10,
        "iterations": 8000,
        "lambda": "auto",
        "layers": "auto",
        "lrImg": "auto",
        "lrNet": 0.01,
        "method": "datadam",
        "momentum": 0.5,
        "norm": "instance",
        "outerLoops": "auto",
        "pooling": "auto",
        "power": 4,
        "scale": 100,
        "seed": 0,
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
        power: must be a number, got "4"
        lrImg: must be a number or "auto", got "fast"
        momentum: must be below 1, got 1
        norm: must be "none" or "instance" or "group" or "layer" or "batch", got "btch"
        depth: must be an integer or "auto", got 1.5
        zca: must be a boolean or "auto", got "yes"
        augment: must be "auto", "none" or operations (color, crop, cutout, flip, rotate, scale) joined by "_", each once, got "color_color"
        layers.1: must be at least 0, got -1
        unknown configuration key "batch_real"; did you mean batchReal?
        unknown configuration key "zzz""
    `);
  });

  it.each(Object.keys(presets))("accepts preset %s", (name) => {
    expect(parseConfig(presets[name as keyof typeof presets]).ipc).toBe(10);
  });
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
    const own = { method: "dc", batchReal: 7, lrImg: 2, augment: "flip", outerLoops: 3, innerLoops: 0 } as const;
    expect(settle(own)).toMatchObject(own);
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
    expect(settle({ method: "datadam", ipc })).toMatchObject({ outerLoops: 1, innerLoops: 1 });
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
    expect(settle({ method: "dm", lambda: 0, attentionWeight: 0 }).method).toBe("dm");
    expect(problem({ method: "mtt" })).toBe('method: must be "datadam" or "dm" or "dc" or "dsa", got "mtt"');
  });
});

describe("resolveConfig against a data set", () => {
  it("takes layers by name", () => {
    const layers = (options: object): unknown => resolveConfig(parseConfig(options), cifar).layers;
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
    expect(settled.layers).toHaveLength(depth - 1);
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
      "layers: the network has activation maps 0 to 2, not 3",
    );
  });

  it("changes nothing when applied again", () => {
    const once = resolveConfig(parseConfig(presets.paper), cifar);
    expect(resolveConfig(parseConfig(once), cifar)).toEqual(once);
  });
});

it("describes every key", () => {
  for (const { key, description } of configKeys()) expect(description, key).toMatch(/^\S.{15,}/);
  expect(configKeys().map((row) => row.key)).toEqual(Object.keys(parseConfig({})));
});

it("has a JSON Schema that forbids unknown keys", () => {
  expect(jsonSchema()).toMatchObject({ type: "object", additionalProperties: false });
  expect(Object.keys((jsonSchema() as { properties: object }).properties)).toEqual(configKeys().map((row) => row.key));
});

it("suggests the nearest word, and none where none is near", () => {
  expect(nearest("batch-real", ["batchReal", "ipc"])).toBe("batchReal");
  expect(nearest("lrimg", ["batchReal", "lrImg"])).toBe("lrImg");
  expect(nearest("temperature", ["batchReal", "ipc"])).toBeUndefined();
});
