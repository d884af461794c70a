// Which network an evaluation trains, and the pools of networks.

import { describe, expect, it } from "vitest";
import { type NetworkChoice, networkFor, poolOf, pools } from "../../src/evaluate/index.ts";

const subject = (provenance: Record<string, unknown>, size = 32) => ({
  shape: [3, size, size] as const,
  classNames: ["a", "b", "c"],
  provenance,
});
const chosen = (provenance: Record<string, unknown>, choice: NetworkChoice, size?: number) => {
  const { name, options } = networkFor(subject(provenance, size), choice);
  return { name, ...options };
};

describe("a network", () => {
  it("is that of the distillation where nothing is said", () => {
    const convnets = { width: 32, depth: 2, norm: "group", activation: "swish", pooling: "max" };
    const distilled = { arch: "convnet", ...convnets };
    expect(chosen(distilled, {})).toMatchObject({ ...convnets, name: "convnet", classes: 3 });
    expect(chosen({ arch: "resnet18", width: 8, norm: "batch" }, {})).toMatchObject({
      name: "resnet18",
      width: 8,
      norm: "batch",
    });
    expect(chosen({}, {}, 64)).toMatchObject({ name: "convnet", depth: 4, width: 128, norm: "instance" });
  });

  it("of another architecture takes over the norm alone, where it can have it", () => {
    const distilled = { width: 32, depth: 2, norm: "none", activation: "swish", pooling: "max" };
    expect(chosen(distilled, { arch: "alexnet" })).toMatchObject({ width: 128, norm: "none" });
    expect(chosen(distilled, { arch: "resnet18" })).toMatchObject({ width: 64, norm: "instance" });
    expect(chosen({ norm: "batch" }, { arch: "mlp" })).toMatchObject({ name: "mlp", norm: "none" });
    expect(chosen({ arch: "alexnet", width: 8 }, { arch: "convnet" })).toMatchObject({
      width: 128,
      depth: 3,
      pooling: "average",
    });
  });

  it("has the protocol's norm before that of the distillation", () => {
    expect(networkFor(subject({ norm: "batch" }), {}, "instance").options.norm).toBe("instance");
    expect(networkFor(subject({ norm: "batch" }), { norm: "group" }, "instance").options.norm).toBe("group");
  });

  it.each<[NetworkChoice, number, string]>([
    [{ arch: "resnet19" }, 32, 'unknown network "resnet19"'],
    [{ arch: "alexnet", depth: 2 }, 32, "depth does not apply to alexnet"],
    [{ arch: "vgg11", pooling: "average" }, 32, "pooling does not apply to vgg11"],
    [{ arch: "vgg11" }, 16, "vgg11: 16 x 16 images are too small for it"],
    [{ arch: "lenet", norm: "batch" }, 32, 'lenet: norm "batch" does not apply'],
    [{ depth: 6 }, 32, "depth 6 halves 32 x 32 images to nothing"],
  ])("%j is refused", (choice, size, message) => {
    expect(() => networkFor(subject({}, size), choice)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
  });
});

describe("pools", () => {
  it("vary one thing each; every member fits 32 px", () => {
    const lengths = Object.entries(pools).map(([name, members]) => {
      const titles = members.map((member) => JSON.stringify(chosen({}, member)));
      expect(new Set(titles).size, name).toBe(members.length);
      return [name, members.length];
    });
    expect(Object.fromEntries(lengths)).toEqual({
      widths: 4,
      depths: 4,
      activations: 3,
      poolings: 3,
      norms: 5,
      architectures: 6,
    });
  });

  it("of an unknown name says which there are", () => {
    expect(() => poolOf("width")).toThrow('unknown pool "width"');
  });
});
