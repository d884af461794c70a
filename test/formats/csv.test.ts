import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv } from "../../src/formats/index.ts";

const fields = (text: string) => parseCsv(text, "the text").map((row) => row.fields);

describe("csv", () => {
  test("takes quotes, commas and line ends within them, any line end, and no empty lines", () => {
    const text = '\ufeffa,b\r\n\r\n"x, ""y""","1\r\n2"\n ,\rlast';
    expect(parseCsv(text, "t")).toEqual([
      { line: 1, fields: ["a", "b"] },
      { line: 3, fields: ['x, "y"', "1\r\n2"] },
      { line: 5, fields: [" ", ""] },
      { line: 6, fields: ["last"] },
    ]);
    expect([fields(""), fields("\n\n"), fields('""'), fields("a,"), fields(",")]).toEqual([[], [], [[""]], [["a", ""]], [["", ""]]]); // biome-ignore format: short
  });

  test.each([
    ['a\nb"c,d', 2],
    ['"a"b', 1],
    ['a\n\n"never ends\n', 3],
    ['"a" ,b', 1],
  ])("refuses a quote out of place: %j", (text, line) => {
    expect(() => parseCsv(text, "t.csv")).toThrow(`Line ${line} of t.csv has a quote out of place`);
  });

  test("gives back what was written, quoted or not", () => {
    const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "a", " ") }));
    const written = (value: string, quote: boolean) =>
      quote || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    const row = fc.array(fc.tuple(field, fc.boolean()), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom("\n", "\r\n", "\r"), (rows, end) => {
        const text = rows.map((cells) => cells.map(([value, quote]) => written(value, quote)).join(",")).join(end);
        fc.pre(!text.startsWith("\ufeff"));
        expect(fields(text)).toEqual(rows.map((cells) => cells.map(([value]) => value)));
      }),
    );
  });

  test("reads or refuses anything, in time", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a"), maxLength: 200 }), (text) => {
        try {
          parseCsv(text, "t");
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_DATA" });
        }
      }),
    );
    expect(fields(`"${'""x'.repeat(1e6)}"`)[0][0].length).toBe(2e6);
    expect(fields(`"${'""'.repeat(1e7)}"`)[0][0].length).toBe(1e7); // was a stack overflow
  });
});
