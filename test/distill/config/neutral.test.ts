import { describe, expect, it } from "vitest";
import { parseConfig, resolveConfig, withoutNeutral } from "../../../src/distill/config/index.ts";

const set = { name: "toys/train", shape: [3, 32, 32] as const };
const known = (values: object = {}): Readonly<Record<string, unknown>> =>
  withoutNeutral(resolveConfig(parseConfig(values), set));

describe("what results are known by", () => {
  it("lacks keys that change nothing, and has them where they do", () => {
    const plain = known();
    for (const [key, value] of Object.entries({
      networks: 4,
      draws: 2,
      sampling: "even",
      space: "pixels",
      channelWeight: 1,
      momentsWeight: 1,
      crossEntropy: 2,
    })) {
      expect(Object.keys(plain)).not.toContain(key);
      expect(known({ [key]: value })).toMatchObject({ [key]: value });
    }
    expect(plain).toMatchObject({ iterations: 8000, power: 4, zca: false, seed: 0 });
  });

  it("counts the accuracy from which cross-entropy is taken only where it is taken", () => {
    expect(known({ crossEntropyFrom: 0.7 })).toEqual(known());
    expect(known({ crossEntropyFrom: 0.7, crossEntropy: 1 })).toMatchObject({ crossEntropyFrom: 0.7 });
  });
});
