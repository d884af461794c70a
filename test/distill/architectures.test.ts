// Distillation with other networks than the ConvNet, and what does not go.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillOptions, distill, matchingLoss, parseConfig, resolveConfig } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { convnet, initialize, type NetworkBuilder, resnet10 } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { patches } from "../support/sets.ts";

const set = patches({ size: 32, perClass: 6 });
const small = { ipc: 1, iterations: 2, seed: 5, batchReal: 4, width: 8, zca: false } as const;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const settle = ({ dataset: _, iteration: __, ...options }: Record<string, unknown>, size: number = 32) =>
  resolveConfig(parseConfig(options as object), { name: "patches/train", shape: [1, size, size] });

describe("distill", () => {
  it.each([
    ["alexnet", "instance", 5],
    ["vgg11", "instance", 8],
    ["resnet18", "instance", 9],
    ["resnet18", "batch", 9],
    ["lenet", "instance", 2],
  ] as const)("with %s and %s norm matches every map but the last, and moves the images", async (arch, norm, maps) => {
    const run = distill(set, { ...small, arch, norm, engine });
    const events = [];
    for await (const event of run) events.push(event);
    expect(events.map(({ attention }) => (attention as number[]).length)).toEqual([maps - 1, maps - 1]);
    expect(events.every(({ loss }) => loss > 0)).toBe(true);
    const { images, provenance } = run.snapshot();
    expect(images).not.toEqual((await distill(set, { ...small, arch, norm, iterations: 0, engine }).result).images);
    expect(provenance).toMatchObject({ arch, width: 8, norm: arch === "lenet" ? "none" : norm });
  });

  it("with a ResNet shards equal the whole, but not with batch norm", async () => {
    const options = { ...small, arch: "resnet10", norm: "group", engine } as const;
    const whole = await distill(set, options).result;
    const part = await distill(set, { ...options, classes: [1] }).result;
    expect(part.images).toEqual(whole.images.slice(1024, 2048));
    expect(() => distill(set, { ...options, norm: "batch", classes: [1] })).toThrow("norm batch couples the classes");
  });

  it("without attention takes networks that have no maps", async () => {
    for (const method of ["dm", "dc"] as const) {
      const { provenance } = await distill(set, { ...small, arch: "mlp", method, engine }).result;
      expect(provenance).toMatchObject({ arch: "mlp", method, norm: "none" });
      expect(settle(provenance)).toMatchObject({ arch: "mlp", method });
    }
  });

  it("takes a network of the caller's own", async () => {
    const network: NetworkBuilder = (images) => ({ ...convnet({ ...images, depth: 2, width: 4 }), name: "mine" });
    const { provenance } = await distill(set, { ...small, network, engine }).result;
    expect(provenance).toMatchObject({ arch: "mine", norm: "none", layers: [0] });
    const other: NetworkBuilder = () => convnet({ size: 16 });
    expect(() => distill(set, { ...small, network: other })).toThrow(
      "takes images of 3 x 16 x 16, the set has 1 x 32 x 32",
    );
    const fewer: NetworkBuilder = (images) => convnet({ ...images, classes: 1 });
    expect(() => distill(set, { ...small, network: fewer })).toThrow(/convnet has 1 outputs, the set has \d+ classes/);
  });

  it("through a ResNet the loss falls along its gradient as fast as it says", async () => {
    const network = resnet10({ channels: 1, size: 16, classes: 2, width: 8, norm: "group" });
    const noise = (seed: number): Float32Array =>
      Key.fromSeed(seed)
        .stream()
        .fillNormal(new Float32Array(4 * 256));
    const shape = [4, 1, 16, 16];
    const parameters = initialize(network, Key.fromSeed(0));
    const at = (data: Float32Array) =>
      matchingLoss({
        network,
        parameters,
        real: { shape, data: noise(1) },
        synthetic: { shape, data },
        classes: 2,
        engine,
      });
    const x = noise(2);
    const { gradient, attention } = await at(x);
    expect(attention).toHaveLength(4);
    const squared = gradient.data.reduce((total, g) => total + g * g, 0);
    const h = 2e-3 / Math.sqrt(squared);
    const [up, down] = [
      await at(x.map((v, i) => v + h * gradient.data[i])),
      await at(x.map((v, i) => v - h * gradient.data[i])),
    ];
    expect((up.loss - down.loss) / (2 * h) / squared).toBeCloseTo(1, 1);
  });
});

describe("the keys of the network", () => {
  it("are those that the architecture has, again and again", () => {
    const settled = settle({ arch: "vgg11", ipc: 1 });
    expect(settled).toMatchObject({ width: 64, norm: "instance" });
    for (const key of ["depth", "activation", "pooling"]) expect(settled).not.toHaveProperty(key);
    expect(settled).toMatchObject({ layers: [0, 1, 2, 3, 4, 5, 6] });
    expect(settle(settled)).toEqual(settled);
    expect(settle({ arch: "convnet" })).toMatchObject({ depth: 3, width: 128, pooling: "average", activation: "relu" });
    expect(settle({ arch: "convnet" }, 64)).toMatchObject({ depth: 4 });
    expect(settle({ arch: "vit", method: "dm" })).toMatchObject({ depth: 6, width: 512 });
    expect(settle({ arch: "vit", method: "dm", depth: 2 })).toMatchObject({ depth: 2 });
    expect(settle({ arch: "lenet", norm: "batch" }).norm).toBe("none");
  });

  it.each<[Partial<DistillOptions>, number, string]>([
    [{ arch: "mlp" }, 32, "arch mlp has no activation maps that attention could match"],
    [{ arch: "vit" }, 32, "arch vit has no activation maps that attention could match"],
    [{ arch: "vgg11" }, 16, "vgg11: 16 x 16 images are too small for it; it needs 28 px or more"],
    [
      { arch: "resnet18", norm: "none" },
      32,
      'resnet18: norm "none" does not apply; it can have: instance, group, layer, batch',
    ],
    [{ arch: "alexnet", depth: 3 }, 32, "depth does not apply to alexnet; it has width and norm"],
    [{ arch: "resnet18", activation: "swish" }, 32, "activation does not apply to resnet18; it has width and norm"],
    [{ arch: "vit", method: "dm", pooling: "max" }, 32, "pooling does not apply to vit; it has width, norm and depth"],
    [{ arch: "alexnet", layers: [5] }, 32, "layers: no activation map 5 in a network with 5 (0 to 4)"],
    [{ arch: "resnet19" as "resnet18" }, 32, "arch: must be "],
  ])("%j on %i px is refused", (options, size, message) => {
    expect(() => settle(options, size)).toThrow(message);
  });

  it("of maps a network lacks is refused by matchingLoss too", async () => {
    const images = { shape: [2, 1, 8, 8], data: new Float32Array(128) };
    const network = convnet({ channels: 1, size: 8, classes: 2, depth: 2, width: 4 });
    const parameters = initialize(network, Key.fromSeed(0));
    const options = { network, parameters, real: images, synthetic: images, classes: 2, engine };
    await expect(matchingLoss({ ...options, layers: [2] })).rejects.toThrow(
      "layers: no activation map 2 in a network with 2 (0 to 1)",
    );
  });
});
