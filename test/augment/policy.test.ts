// Strategy strings: what parses, and what the errors say.
import { describe, expect, it } from "vitest";
import { AUGMENT_OPERATIONS, type AugmentMode, autoStrategy, parsePolicy } from "../../src/augment/index.ts";
import { DatadamError } from "../../src/errors.ts";

function failure(strategy: string, mode: AugmentMode = "one"): DatadamError {
  try {
    parsePolicy(strategy, mode);
  } catch (error) {
    expect(error).toBeInstanceOf(DatadamError);
    return error as DatadamError;
  }
  throw new Error(`${strategy} was accepted`);
}

describe("parsePolicy", () => {
  it("reads operations in the order given", () => {
    expect(parsePolicy("color_crop_cutout_flip_scale_rotate", "one")).toEqual({
      operations: ["color", "crop", "cutout", "flip", "scale", "rotate"],
      mode: "one",
    });
    expect(parsePolicy("flip_color", "all")).toEqual({ operations: ["flip", "color"], mode: "all" });
  });

  it("has DSA's six operations as its automatic strategy, without mirrors where they change a class", () => {
    expect(autoStrategy(true)).toBe("color_crop_cutout_flip_scale_rotate");
    expect(autoStrategy(false)).toBe("color_crop_cutout_scale_rotate");
  });

  it("reads none as no operation", () => {
    expect(parsePolicy("none", "all")).toEqual({ operations: [], mode: "all" });
  });

  it("names the unknown operations and the known ones", () => {
    const error = failure("color_blur_flip_shear");
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain('"blur", "shear"');
    expect(error.message).toContain('"color_blur_flip_shear"');
    for (const name of AUGMENT_OPERATIONS) expect(error.message).toContain(name);
    expect(error.hint).toContain("none");
  });

  it.each(["", "color_", "Color", "color,flip", "none_color", "toString"])("refuses the strategy %j", (strategy) => {
    expect(failure(strategy).code).toBe("INVALID_OPTION");
  });

  it("refuses an operation named twice", () => {
    expect(failure("flip_color_flip").message).toContain('"flip" comes twice');
  });

  it("refuses an unknown mode", () => {
    const error = failure("color", "some" as AugmentMode);
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain('"some"');
  });
});
