// JSON out of files, and values of files in messages.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../src/json.ts";
import { LIMITS } from "../src/limits.ts";
import { firstOf, quoted, shortened } from "../src/quoted.ts";

const nested = (depth: number, open = "[", close = "]"): string => open.repeat(depth) + close.repeat(depth);

describe("parseJson", () => {
  it("is JSON.parse", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "medium", maxDepth: 20 }), (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(() => parseJson('{"a": 1')).toThrow(SyntaxError);
  });

  it("takes 64 levels, of lists and objects, and no more", () => {
    expect(() => parseJson(nested(64))).not.toThrow();
    expect(() => parseJson(nested(65))).toThrow("it nests more than 64 deep");
    expect(() => parseJson(nested(65, '{"a":', "}").replace("}", "1}"))).toThrow("it nests more than 64 deep");
    expect(() => parseJson("[".repeat(1e6))).toThrow("it nests more than 64 deep");
    expect(() => parseJson(`[${Array(100).fill("[]").join()}]`)).not.toThrow();
  });

  it("does not count what stands in text", () => {
    const text = JSON.stringify({ a: `${"[".repeat(100)}"\\`, b: ["\\\\", '"{{{{'] });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it("takes no more values than can be held", () => {
    expect(() => parseJson(`[${"0,".repeat(LIMITS.jsonValues)}0]`)).toThrow("more than 1048576 values");
  });
});

describe("quoted", () => {
  it("is JSON, cut where it is long", () => {
    expect([quoted("a\n"), quoted(1), quoted([1, "a"]), quoted(undefined), quoted(3n)]).toEqual([
      '"a\\n"',
      "1",
      '[1,"a"]',
      "nothing",
      '"3"',
    ]);
    expect(quoted("x".repeat(1000))).toHaveLength(300);
    expect(quoted("x".repeat(1000), 20)).toBe(`"${"x".repeat(11)}...${"x".repeat(4)}"`);
    expect(shortened("0123456789", 9)).toBe("0123...89");
  });

  it("looks at no more of a value than it shows, however often its parts are shared", () => {
    let value: unknown = [];
    for (let i = 0; i < 60; i++) value = [value, value];
    const began = performance.now();
    expect(quoted(value)).toBe("a long list");
    expect(performance.now() - began).toBeLessThan(1000);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(quoted(circle)).toBe("a large value");
  });

  it("firstOf counts the rest", () => {
    expect(firstOf([1, 2], String)).toEqual(["1", "2"]);
    const many = firstOf(Array(25).fill(7), String);
    expect([many.length, many[0], many.at(-1)]).toEqual([21, "7", "and 5 more"]);
  });
});
