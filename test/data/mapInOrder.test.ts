// A few things at once: results and failures in order, nothing begun after a failure, sources closed.

import { setImmediate, setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { eachInOrder, mapInOrder } from "../../src/data/mapInOrder.ts";

test("results come in order, whichever ends first, with no more at once than asked for", async () => {
  let [running, most] = [0, 0];
  const slow = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    await setTimeout(n % 3);
    running--;
    return n * n;
  };
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  expect(await mapInOrder(numbers, slow, 4)).toEqual(numbers.map((n) => n * n));
  expect(most).toBe(4);
});

test("the first failure in order is thrown, though a later one came before it, and no more are begun", async () => {
  const begun: number[] = [];
  const fails = async (n: number): Promise<number> => {
    begun.push(n);
    if (n === 2) await setTimeout(20);
    if (n === 2 || n === 3) throw new Error(`no ${n}`);
    return n;
  };
  await expect(mapInOrder(Array(100).keys(), fails, 4)).rejects.toThrow("no 2");
  expect(begun.length).toBeLessThan(9);
});

test("a source that fails is reported after what it gave, and one that is left early is closed", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<number> {
    try {
      yield 1;
      yield 2;
      throw new Error("cut off");
    } finally {
      closed = true;
    }
  }
  const got: number[] = [];
  const all = async (): Promise<void> => {
    for await (const n of eachInOrder(source(), async (x) => x)) got.push(n);
  };
  await expect(all()).rejects.toThrow("cut off");
  expect([got, closed]).toEqual([[1, 2], true]);
  closed = false;
  for await (const _ of eachInOrder(source(), async (n) => n, 1)) break;
  await setImmediate();
  expect(closed).toBe(true);
});

test("a slow reader holds the source back", async () => {
  let read = 0;
  function* source(): Generator<number> {
    for (; read < 1000; read++) yield read;
  }
  for await (const n of eachInOrder(source(), async (x) => x, 4)) {
    await setImmediate();
    if (n === 50) break;
  }
  expect(read).toBeLessThan(60);
});
