import fc from "fast-check";
import { expect, it } from "vitest";
import { assignment, classList, fraction, integer, plainValue, variation } from "../../src/cli/parse.ts";

it("reads class lists, sorted and once each", () => {
  expect(classList("0-4,7")).toEqual([0, 1, 2, 3, 4, 7]);
  expect(classList("7, 3,3-4")).toEqual([3, 4, 7]);
});

it.each(["", "4-0", "a", "1,,2", "-1", "1.5", "0-99999999"])("refuses the class list %j", (text) => {
  expect(() => classList(text)).toThrow("Expected class numbers such as 0-4,7.");
});

it("reads back every list of classes", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200), { minLength: 1 }), (classes) => {
      expect(classList(classes.join(","))).toEqual([...classes].sort((a, b) => a - b));
    }),
  );
});

it.each(["", "1.5", "-1", "1e3", "0x10", "ten", "99999999999999999999"])("refuses %j as a whole number", (text) => {
  expect(() => integer(0)(text)).toThrow("Expected a whole number of at least 0.");
});

it("reads whole numbers from the least on", () => {
  expect(integer(1)("12")).toBe(12);
  expect(() => integer(1)("0")).toThrow("at least 1");
});

it("reads shares between 0 and 1", () => {
  expect(fraction("0.2")).toBe(0.2);
  for (const text of ["0", "1", "x", ""]) expect(() => fraction(text)).toThrow("between 0 and 1");
});

it("reads values as JSON where they are some, else as text", () => {
  expect(["64", "0.5", "false", "[0,1]", "batch", "color_crop"].map(plainValue)).toEqual([
    64,
    0.5,
    false,
    [0, 1],
    "batch",
    "color_crop",
  ]);
});

it("collects assignments in order", () => {
  expect(assignment("norm=batch", assignment("batchReal = 64"))).toEqual([
    ["batchReal", 64],
    ["norm", "batch"],
  ]);
  expect(assignment("augment=a=b")).toEqual([["augment", "a=b"]]);
  expect(() => assignment("batchReal")).toThrow("Expected key=value.");
});

it("collects keys with their values, lists among them", () => {
  const first = variation("power=1, 2,4");
  expect(variation("layers=[0],[0,1],last", first)).toEqual([
    ["power", [1, 2, 4]],
    ["layers", [[0], [0, 1], "last"]],
  ]);
  expect(first).toHaveLength(1);
});

it.each(["power", "=1", "power=", "power=1,,2"])("refuses %j as a key with its values", (text) => {
  expect(() => variation(text)).toThrow("Expected key=value,value,...");
});

it("refuses a key or a value that comes twice", () => {
  expect(() => variation("power=3", variation("power=1,2"))).toThrow("power is varied already");
  expect(() => variation("power=1,1")).toThrow("A value comes twice");
});
