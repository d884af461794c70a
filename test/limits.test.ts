// The bounds on files: docs/reference/limits.md says what they are.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LIMITS, mostUnpacked, tooManyBytes } from "../src/limits.ts";

const GIB = 2 ** 30;

describe("the bounds", () => {
  it("are the ones of the reference, each once", () => {
    const page = readFileSync(new URL("../docs/reference/limits.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, value]) => [
      name,
      numberOf(value.trim()),
    ]);
    expect(rows).toEqual(Object.entries(LIMITS));
  });

  it("let small files unpack to much, and large ones to a multiple of themselves", () => {
    expect(mostUnpacked(100, 4 * GIB)).toBe(LIMITS.unpackFreely);
    expect(mostUnpacked(2 ** 20, 4 * GIB)).toBe(250 * 2 ** 20);
    expect(mostUnpacked(2 ** 26, 4 * GIB)).toBe(4 * GIB);
    expect(mostUnpacked(100, 1000)).toBe(1000);
    expect(tooManyBytes(100, 1000)).toBe("it would unpack to more than 1000 bytes");
    expect(tooManyBytes(2 ** 20, GIB)).toMatch(
      /more than 262144000 bytes, far more than the 1048576 .* save it unpacked/,
    );
  });
});

/** `16 MiB`, `2^22`, `64` or `65,535` as a number. */
function numberOf(text: string): number {
  const [, base, exponent, number, unit] = /^(?:(\d+)\^(\d+)|([\d,]+)(?: (KiB|MiB|GiB))?)$/.exec(text) ?? [];
  if (base !== undefined) return Number(base) ** Number(exponent);
  return Number(number?.replaceAll(",", "")) * { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, "": 1 }[unit ?? ""]!;
}
