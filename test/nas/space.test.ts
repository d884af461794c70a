import { describe, expect, it } from "vitest";
import {
  buildNetwork,
  type Candidate,
  candidates,
  multiplyAdds,
  narrow,
  parseSpace,
  sampleCandidates,
  spaces,
} from "../../src/nas/index.ts";
import { Key } from "../../src/random/index.ts";

const space = spaces["convnet-720"];
const all = candidates(space);
const cifar = { shape: [3, 32, 32], classes: 10 } as const;

function counts(some: readonly Candidate[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(space.axes).map(([axis, choices]) => [
      axis,
      Object.fromEntries(
        choices.map((choice) => [choice, some.filter(({ choices: picked }) => picked[axis] === choice).length]),
      ),
    ]),
  );
}

describe("convnet-720", () => {
  it("has 720 different architectures", () => {
    expect(all).toHaveLength(720);
    expect(new Set(all.map(({ id }) => id)).size).toBe(720);
    expect(all[0]).toEqual({
      id: "1-32-sigmoid-none-none",
      choices: { depth: 1, width: 32, activation: "sigmoid", norm: "none", pooling: "none" },
    });
    expect(all[719].id).toBe("4-256-leaky_relu-group-average");
  });

  it("builds every one of them at 32 and 28 pixels", () => {
    for (const shape of [
      [3, 32, 32],
      [1, 28, 28],
    ] as const) {
      for (const candidate of all) {
        expect(buildNetwork(candidate, { shape, classes: 10 }).options).toMatchObject(candidate.choices);
      }
    }
    expect(() => buildNetwork(all[719], { shape: [1, 8, 8], classes: 3 })).toThrow(
      "architecture 4-256-leaky_relu-group-average: convnet: depth 4 halves 8 x 8 images to nothing",
    );
  });

  it("counts multiply-adds as the network's weights say", () => {
    for (const id of ["3-128-relu-instance-average", "2-32-relu-none-none"]) {
      const candidate = all.find((one) => one.id === id)!;
      const network = buildNetwork(candidate, cifar);
      let area = 32 * 32;
      let expected = 0;
      for (const { shape } of network.parameters.filter((spec) => spec.shape.length === 4)) {
        expected += area * shape.reduce((product, extent) => product * extent, 1);
        if (candidate.choices.pooling !== "none") area /= 4;
      }
      const [rows, columns] = network.parameters.find(({ name }) => name === "classifier.weight")!.shape;
      expect(multiplyAdds(candidate, cifar)).toBe(expected + rows * columns);
    }
  });
});

describe("narrow", () => {
  it("keeps what is asked for", () => {
    const part = narrow(space, { depth: [3, 1], norm: ["instance"] });
    expect(part.axes.depth).toEqual([1, 3]);
    expect(candidates(part)).toHaveLength((720 / 4 / 5) * 2);
    expect(() => narrow(space, { depth: [5] })).toThrow("convnet-720 has no depth 5");
    expect(() => narrow(space, { heads: [5] })).toThrow("convnet-720 has no axis heads");
  });
});

describe("parseSpace", () => {
  it("takes spaces of one's own, and says what is wrong with others", () => {
    const space = parseSpace({ name: "small", axes: { depth: [1, 2], norm: ["none"] } }, "space.json");
    expect(candidates(space).map(({ id }) => id)).toEqual(["1-none", "2-none"]);
    const parse = (axes: unknown): unknown => parseSpace({ name: "x", axes }, "space.json");
    expect(() => parse({ depth: [0] })).toThrow("space.json: 0 is not a choice of axis depth");
    expect(() => parse({ norm: ["batch", "batch"] })).toThrow('space.json: "batch" is not a choice of axis norm');
    expect(() => parse({ heads: [1] })).toThrow("space.json: 1 is not a choice of axis heads");
    expect(() => parse({ depth: 3 })).toThrow("axis depth needs a list");
    expect(() => parse({})).toThrow("is not a search space");
    expect(() => parseSpace(null, "space.json")).toThrow("is not a search space");
  });
});

describe("sampleCandidates", () => {
  it("gives every choice its share: 48 of 720", () => {
    for (const seed of [0, 1, 2]) {
      const sample = sampleCandidates(all, 48, Key.fromSeed(seed));
      expect(new Set(sample.map(({ id }) => id)).size).toBe(48);
      for (const [axis, byValue] of Object.entries(counts(sample))) {
        const fair = 48 / Object.keys(byValue).length;
        for (const count of Object.values(byValue)) expect(Math.abs(count - fair), `${axis} ${count}`).toBeLessThan(2);
      }
    }
  });

  it("spans every choice from five candidates on", () => {
    const sample = sampleCandidates(all, 5, Key.fromSeed(0));
    for (const byValue of Object.values(counts(sample))) expect(Math.min(...Object.values(byValue))).toBeGreaterThan(0);
  });

  it("depends on the key alone, keeps the order, and takes all there are", () => {
    const sample = sampleCandidates(all, 20, Key.fromSeed(0));
    expect(sampleCandidates(all, 20, Key.fromSeed(0))).toEqual(sample);
    expect(sampleCandidates(all, 20, Key.fromSeed(1))).not.toEqual(sample);
    expect(sample.map((one) => all.indexOf(one))).toEqual(sample.map((one) => all.indexOf(one)).sort((a, b) => a - b));
    const few = all.slice(0, 30);
    expect(sampleCandidates(few, 30, Key.fromSeed(0))).toEqual(few);
    expect(() => sampleCandidates(few, 31, Key.fromSeed(0))).toThrow("the space has 30 architectures, fewer than 31");
  });
});
