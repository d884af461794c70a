// Images of classes under their names.

import { describe, expect, it } from "vitest";
import { type LabelledGridOptions, labelledGrid, type PixelGrid } from "../../src/formats/index.ts";

/** Images of one grey each, counted up from 1. */
const greys = (count: number, size: number): Uint8Array =>
  Uint8Array.from({ length: count * size }, (_, i) => 1 + Math.floor(i / size));

/** For each grey but black and white its box: left, top, width, height. */
function boxes({ pixels, width, channels }: PixelGrid): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let i = 0; i < pixels.length; i += channels) {
    const [grey, x, y] = [pixels[i]!, (i / channels) % width, Math.floor(i / channels / width)];
    if (grey === 0 || grey === 255) continue;
    const [left, top, w, h] = found.get(grey) ?? [x, y, 1, 1];
    found.set(grey, [Math.min(left!, x), top!, Math.max(w!, x - left! + 1), Math.max(h!, y - top! + 1)]);
  }
  return found;
}

/** What is written, drawn with full stops and number signs. */
function inkOf({ pixels, width, height, channels }: PixelGrid): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (pixels[(y * width + x) * channels] === 0 ? "#" : ".")).join(""),
  );
}

describe("a grid with names", () => {
  it("enlarges small images by whole numbers, a row a class, sections beside each other", () => {
    const first = greys(4, 3 * 64);
    const second = greys(2, 3 * 64).map((grey) => grey + 4);
    const sections = [
      { title: "a", pixels: first, columns: 2 },
      { title: "b", pixels: second, columns: 1 },
    ];
    const found = boxes(labelledGrid({ shape: [3, 8, 8], names: ["ant", "bee"], sections }));
    const [left, top] = found.get(1)!;
    expect(Object.fromEntries(found)).toEqual({
      1: [left, top, 64, 64],
      2: [left! + 66, top, 64, 64],
      3: [left, top! + 66, 64, 64],
      4: [left! + 66, top! + 66, 64, 64],
      5: [left! + 130 + 16, top, 64, 64],
      6: [left! + 130 + 16, top! + 66, 64, 64],
    });
  });

  it("leaves images of 64 pixels as they are, to the pixel", () => {
    const pixels = Uint8Array.from({ length: 64 * 64 }, (_, i) => 1 + (i % 200));
    const grid = labelledGrid({ shape: [1, 64, 64], names: ["a"], sections: [{ pixels, columns: 1 }] });
    const [left, top] = boxes(grid).get(1)!;
    const row = (y: number): number[] => [...grid.pixels.subarray((top! + y) * grid.width + left!).subarray(0, 64)];
    expect([row(0), row(63)]).toEqual([[...pixels.subarray(0, 64)], [...pixels.subarray(63 * 64)]]);
  });

  it("writes the name to the left of its row", () => {
    const pixels = new Uint8Array(8 * 8).fill(255);
    const shape = [1, 8, 8] as const;
    const text = inkOf(labelledGrid({ shape, names: ["Hé"], sections: [{ pixels, columns: 1 }] }));
    const rows = text.filter((line) => line.includes("#")).map((line) => line.slice(8, 8 + 22));
    // Letters twice as large; the accent is left out.
    expect(rows.filter((_, y) => y % 2 === 0).map((line) => line.replaceAll(/(.)\1/g, "$1"))).toEqual([
      "#...#......",
      "#...#......",
      "#...#..###.",
      "#####.#...#",
      "#...#.#####",
      "#...#.#....",
      "#...#..####",
    ]);
  });

  it.each([
    [3, 1, 3],
    [10, 1, 32],
    [100, 1, 32],
    [200, 10, 64],
    [200, 1, 64],
  ])("is of a shape to be looked at: %i classes, %i images, %i pixels", (classes, columns, size) => {
    const pixels = new Uint8Array(classes * columns * size * size);
    const names = Array.from({ length: classes }, (_, i) => `class ${i}`);
    const { width, height } = labelledGrid({ shape: [1, size, size], names, sections: [{ pixels, columns }] });
    expect(width / height).toBeGreaterThan(0.6);
    expect(width / height).toBeLessThan(2.5);
  });

  it("puts the number of the row before a name that it has no letters for, and cuts long ones", () => {
    const ink = (name: string): string =>
      inkOf(
        labelledGrid({ shape: [1, 64, 64], names: [name], sections: [{ pixels: greys(1, 4096), columns: 1 }] }),
      ).join("\n");
    const beside = (text: string): string[] => text.split("\n").map((line) => line.slice(0, 8 + 24));
    expect(beside(ink("\u732b"))).toEqual(beside(ink("1 a")));
    expect(ink("x".repeat(10_000))).toBe(ink(`${"x".repeat(17)}...`));
  });

  it("breaks the caption between words", () => {
    const options = { shape: [1, 64, 64], names: ["a"], sections: [{ pixels: greys(1, 4096), columns: 1 }] } as const;
    const height = (...caption: string[]): number =>
      labelledGrid({ ...options, caption } as LabelledGridOptions).height;
    const line = height("one") - height() - 8;
    expect(line).toBe(22);
    expect(height("one two three four five") - height("one")).toBeGreaterThanOrEqual(line);
    expect(height("one", "two") - height("one")).toBe(line);
  });

  it("refuses sizes that do not fit", () => {
    const sections = [{ pixels: new Uint8Array(5), columns: 1 }];
    expect(() => labelledGrid({ shape: [1, 2, 2], names: ["a"], sections })).toThrow(/5 bytes for 1 rows/);
    expect(() => labelledGrid({ shape: [2, 2, 2], names: ["a"], sections })).toThrow(/channels must be/);
    expect(() => labelledGrid({ shape: [1, 2, 2], names: [], sections: [] })).toThrow(RangeError);
  });
});
