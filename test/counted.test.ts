import { expect, it } from "vitest";
import { counted } from "../src/counted.ts";

it("counts one in the singular, and all else in the plural", () => {
  const of = (one: string, many?: string): string[] => [0, 1, 2].map((n) => counted(n, one, many));
  expect(of("image")).toEqual(["0 images", "1 image", "2 images"]);
  expect(of("class", "classes")).toEqual(["0 classes", "1 class", "2 classes"]);
});
