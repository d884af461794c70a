// Which network a choice, what it inherits and the images make.

import { describe, expect, it } from "vitest";
import {
  architectureNames,
  architectures,
  convnet,
  type NetworkChoice,
  resolveCustomNetwork,
  resolveNetwork,
} from "../../src/nn/index.ts";

const images = (size = 32) => ({ shape: [3, size, size] as const, classNames: ["a", "b", "c"] });
const resolved = (choice: object, size?: number, ...inherited: Readonly<Record<string, unknown>>[]) => {
  const { name, options } = resolveNetwork(choice as NetworkChoice, images(size), inherited);
  return { name, ...options };
};
const error = (message: string) => expect.objectContaining({ code: "INVALID_OPTION", message });

describe("resolveNetwork", () => {
  it("gives each architecture its own defaults, and a ConvNet its depth by image size", () => {
    for (const arch of architectureNames) {
      const { facts, options } = architectures[arch];
      const found = resolved({ arch });
      expect(found).toMatchObject({ name: arch, width: facts.width, norm: facts.norms[0], classes: 3 });
      for (const key of Object.keys(options)) expect(found).toHaveProperty(key);
    }
    expect([28, 32, 64, 128].map((size) => resolved({}, size)).map((found) => "depth" in found && found.depth)).toEqual(
      [3, 3, 4, 5],
    );
    expect(resolved({ arch: "vit" }, 64)).toMatchObject({ depth: 6 });
  });

  it("builds as many blocks as depth says", () => {
    const blocks = (choice: NetworkChoice, pattern: RegExp): number =>
      resolveNetwork(choice, images()).parameters.filter(({ name }) => pattern.test(name)).length;
    expect(blocks({ arch: "vit", depth: 2 }, /to_qkv\.weight$/)).toBe(2);
    expect(blocks({ arch: "convnet", depth: 4 }, /^features\.\d+\.weight$/)).toBe(8); // with the norms' weights
  });

  it("takes every option from a network of the same architecture, of another its norm alone", () => {
    const vit = { arch: "vit", width: 64, depth: 2, norm: "none" };
    expect(resolved({ arch: "vit" }, 32, vit)).toMatchObject({ width: 64, depth: 2 });
    expect(resolved({ arch: "vit", depth: 3 }, 32, vit)).toMatchObject({ width: 64, depth: 3 });
    expect(resolved({}, 32, vit)).toMatchObject({ name: "vit", width: 64, depth: 2 });
    expect(resolved({ arch: "convnet" }, 32, vit)).toMatchObject({ width: 128, depth: 3, norm: "none" });
    expect(resolved({ arch: "resnet10" }, 32, vit)).toMatchObject({ norm: "instance" });
  });

  it("takes the first that says something, and nothing from what is auto", () => {
    expect(resolved({}, 32, { norm: "group" }, { norm: "batch", depth: 2 })).toMatchObject({ norm: "group", depth: 2 });
    expect(resolved({ width: "auto", depth: "auto" }, 64, { depth: "auto" })).toMatchObject({ width: 128, depth: 4 });
  });

  it("refuses an option of another architecture, naming those it has", () => {
    expect(() => resolved({ arch: "vit", pooling: "max" })).toThrow(
      error("pooling does not apply to vit; it has width, norm and depth"),
    );
    expect(() => resolved({ arch: "mlp", depth: 2 })).toThrow(
      error("depth does not apply to mlp; it has width and norm"),
    );
    expect(() => resolved({ arch: "resnet19" })).toThrow(error('unknown network "resnet19"'));
  });

  it("gives a user's function the images and what is chosen", () => {
    expect(resolved({ arch: convnet, depth: 2, width: 8 }, 16)).toMatchObject({
      size: 16,
      classes: 3,
      depth: 2,
      width: 8,
    });
  });
});

describe("resolveCustomNetwork", () => {
  it("refuses a network that is not for the images", () => {
    expect(resolveCustomNetwork((options) => convnet({ ...options, depth: 1 }), images()).options.depth).toBe(1);
    expect(() => resolveCustomNetwork(() => convnet({ size: 16 }), images())).toThrow(
      error("network convnet takes images of 3 x 16 x 16, the set has 3 x 32 x 32"),
    );
    expect(() => resolveCustomNetwork((options) => convnet({ ...options, classes: 2 }), images())).toThrow(
      error("network convnet has 2 outputs, the set has 3 classes"),
    );
    expect(() => resolveCustomNetwork((options) => convnet({ ...options, depth: 9 }), images())).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  });
});
