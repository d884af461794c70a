import { describe, expect, it } from "vitest";
import { prepare, takeClasses, takeImages } from "../../src/images/index.ts";
import { patches } from "../support/sets.ts";

const set = patches({ classes: 4, perClass: 3 });

describe("takeImages", () => {
  it("gives the images at indices, with their bytes and classes", async () => {
    const taken = takeImages(set, [7, 2, 2]);
    expect([taken.count, [...taken.labels], taken.classNames]).toEqual([3, [3, 2, 2], set.classNames]);
    expect(taken.image(0)).toEqual(set.image(7));
    expect([...taken.pixels.subarray(0, 256)]).toEqual([...set.image(7)]);
    const prepared = await prepare(set, { zca: false });
    expect(takeImages(prepared, [7, 2]).read([1])).toEqual(prepared.read([2]));
    expect(() => takeImages(set, [12])).toThrow("patches/train has images 0 to 11, not 12");
    expect(() => taken.image(3)).toThrow("has images 0 to 2, not 3");
    expect(() => takeImages(prepared, [7, 2]).read([2])).toThrow("has images 0 to 1, not 2");
  });
});

describe("takeClasses", () => {
  it("numbers classes anew, in the order given", async () => {
    const taken = takeClasses(set, [3, 1]);
    expect([taken.count, taken.classNames]).toEqual([6, ["class 3", "class 1"]]);
    expect([...taken.labels]).toEqual([1, 0, 1, 0, 1, 0]);
    expect(taken.image(1)).toEqual(set.image(3));
    const prepared = await prepare(set, { zca: false });
    const part = takeClasses(prepared, [3, 1]);
    expect(part.read([0, 1])).toEqual(prepared.read([1, 3]));
    expect(part.preprocessing).toBe(prepared.preprocessing);
  });

  it("refuses classes that are not there, or twice", () => {
    expect(() => takeClasses(set, [0, 4])).toThrow("classes: 4 is not one class of patches/train (0 to 3, each once)");
    expect(() => takeClasses(set, [1, 1])).toThrow("classes: 1 is not");
    expect(() => takeClasses(set, [])).toThrow("classes: none is not");
  });
});
