// Which bindings a worker keeps.

import { expect, test } from "vitest";
import { Kept } from "../../src/engine/pool/kept.ts";
import type { Binding } from "../../src/engine/types.ts";

const binding = (n: number, returns: boolean): Binding => ({ id: `${n}`, values: {}, returns });

/** Visits bindings of 100 bytes each; what was forgotten at each visit. */
function visit(kept: Kept, order: readonly number[], returns: boolean = true): string[][] {
  return order.map((n) => {
    const dropped = kept.visit(binding(n, returns)).map(({ id }) => id);
    kept.note(binding(n, returns), 100);
    return dropped;
  });
}

const cycle = (n: number, times: number): number[] => Array.from({ length: n * times }, (_, i) => i % n);

test("two are kept of bindings that do not return, however much room there is", () => {
  const kept = new Kept(Number.POSITIVE_INFINITY);
  expect(visit(kept, [0, 1, 2, 3, 0], false)).toEqual([[], [], ["0"], ["1"], ["2"]]);
  expect(kept.statistics).toEqual({ hits: 0, misses: 5, kept: 2, bytes: 200, most: Number.POSITIVE_INFINITY });
});

test("two are kept in any case", () => {
  const kept = new Kept(0);
  expect(visit(kept, [0, 1, 0, 1, 2])).toEqual([[], [], [], [], ["0"]]);
  expect([0, 1, 2].map((n) => kept.has(binding(n, true)))).toEqual([false, true, true]);
});

test("those that return are all kept where there is room", () => {
  const kept = new Kept(600);
  expect(visit(kept, cycle(6, 3)).flat()).toEqual([]);
  expect(kept.statistics).toEqual({ hits: 12, misses: 6, kept: 6, bytes: 600, most: 600 });
});

test("in a cycle of six with room for four, every second one is still there", () => {
  const kept = new Kept(400);
  visit(kept, cycle(6, 1));
  const { misses } = kept.statistics;
  expect(misses).toBe(6);
  visit(kept, cycle(6, 20));
  expect(kept.statistics).toEqual({ hits: 60, misses: 66, kept: 4, bytes: 400, most: 400 });
});

test("bindings that do not return make room first", () => {
  const kept = new Kept(400);
  visit(kept, [0, 1]);
  visit(kept, [7], false);
  expect(visit(kept, [2, 3])).toEqual([[], ["7"]]);
});

test("a binding whose size is not known yet counts as the last one did", () => {
  const kept = new Kept(250);
  visit(kept, [0]);
  kept.visit(binding(1, true));
  expect(kept.visit(binding(2, true)).map(({ id }) => id)).toEqual(["0"]);
});
