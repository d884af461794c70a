import { describe, expect, it } from "vitest";
import { withHeldOut } from "../../src/data/heldOut.ts";
import { loadDataset } from "../../src/data/index.ts";
import { patches } from "../support/sets.ts";

describe("images that are held out", () => {
  it("are the last of each class, leave training, and stand for the test images", () => {
    const whole = patches();
    const { train, test } = withHeldOut({ name: "patches", train: whole, test: undefined }, 2);
    expect(train.count + test.count).toBe(whole.count);
    expect(test.name).toBe("patches/held out");
    for (const label of whole.classNames.keys()) {
      const members = [...whole.labels.keys()].filter((index) => whole.labels[index] === label);
      const of = (set: typeof whole): Uint8Array[] =>
        [...set.labels.keys()].filter((index) => set.labels[index] === label).map((index) => set.image(index));
      expect(of(train)).toEqual(members.slice(0, -2).map((index) => whole.image(index)));
      expect(of(test)).toEqual(members.slice(-2).map((index) => whole.image(index)));
    }
    expect(test.pixels).toHaveLength(test.count * 16 * 16);
  });

  it("are refused where a class would have nothing left, and are an option of every data set", async () => {
    const { train, test } = await loadDataset("builtin", { holdOut: 7 });
    const all = await loadDataset("builtin");
    expect(test.count).toBe(70);
    expect(train.count).toBe(all.train.count - 70);
    expect(train.normalization).toEqual(all.train.normalization);
    await expect(loadDataset("builtin", { holdOut: 10_000 })).rejects.toThrow(
      /holdOut 10000: class ".*" of builtin.*leaves/,
    );
    await expect(loadDataset("builtin", { holdOut: 0 })).rejects.toThrow(
      "holdOut must be a whole number of images a class",
    );
  });
});
