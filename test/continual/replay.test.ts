import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReplayMemory, type ReplayPolicy } from "../../src/continual/index.ts";

const shape = [1, 1, 2] as const;

/** Image `i` is `[i, label]`, so that what comes back says what it was. */
function show(memory: ReplayMemory, labels: readonly number[], first = 0): void {
  memory.observe(Float32Array.from(labels.flatMap((label, i) => [first + i, label])), labels);
}

const contents = (memory: ReplayMemory): number[] => [...memory.all().images].filter((_, i) => i % 2 === 0);

describe("a balanced memory", () => {
  it("keeps equally many of each class, whatever the order of their coming", () => {
    const stream = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(stream, fc.integer({ min: 5, max: 30 }), (labels, capacity) => {
        const memory = new ReplayMemory({ shape, capacity });
        show(memory, labels);
        const came = new Map<number, number>();
        for (const label of labels) came.set(label, (came.get(label) ?? 0) + 1);
        expect(memory.size).toBeLessThanOrEqual(capacity);
        expect([...memory.counts.values()].reduce((a, b) => a + b, 0)).toBe(memory.size);
        for (const [label, count] of memory.counts) {
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(came.get(label)!);
        }
        // GDumb: full shares, but for classes with fewer images and what a late class has not yet displaced.
        const share = Math.floor(capacity / came.size);
        for (const [label, count] of came)
          expect(memory.counts.get(label)).toBeGreaterThanOrEqual(Math.min(count, share));
      }),
    );
  });

  it("makes room for a late class from the largest", () => {
    const memory = new ReplayMemory({ shape, capacity: 6 });
    show(memory, [0, 0, 0, 0, 0, 0, 0, 0]);
    expect(contents(memory)).toEqual([0, 1, 2, 3, 4, 5]);
    show(memory, [1, 1, 1, 1], 8);
    expect([...memory.counts]).toEqual([
      [0, 3],
      [1, 3],
    ]);
    const { images, labels } = memory.all();
    expect([...labels]).toEqual([...images].filter((_, i) => i % 2 === 1));
  });
});

describe("a reservoir", () => {
  it("keeps every image with the same probability", () => {
    const counts = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 600; seed++) {
      const memory = new ReplayMemory({ shape, capacity: 5, policy: "reservoir", seed });
      show(memory, new Array(20).fill(0));
      for (const i of contents(memory)) counts[i]++;
    }
    // Binomial: 150 expected, standard deviation 10.6.
    for (const count of counts) expect(Math.abs(count - 150)).toBeLessThan(50);
  });

  it("keeps the first of two images half of the time, where it has room for one", () => {
    let first = 0;
    for (let seed = 0; seed < 400; seed++) {
      const memory = new ReplayMemory({ shape, capacity: 1, policy: "reservoir", seed });
      show(memory, [0, 0]);
      if (contents(memory)[0] === 0) first++;
    }
    // Binomial: 200 expected, standard deviation 10.
    expect(Math.abs(first - 200)).toBeLessThan(50);
  });
});

describe("a memory", () => {
  it.each(["balanced", "reservoir"] as const)(
    "(%s) depends on seed and stream, not on how it comes in pieces",
    (policy) => {
      const labels = Array.from({ length: 90 }, (_, i) => (i * 7) % 4);
      const of = (seed: number, pieces: number): ReplayMemory => {
        const memory = new ReplayMemory({ shape, capacity: 10, policy, seed });
        for (let at = 0; at < 90; at += pieces) show(memory, labels.slice(at, at + pieces), at);
        return memory;
      };
      expect(contents(of(1, 90))).toEqual(contents(of(1, 7)));
      expect(contents(of(2, 90))).not.toEqual(contents(of(1, 90)));
    },
  );

  it.each(["balanced", "reservoir"] as const)(
    "(%s) saved and loaded goes on as if nothing had been",
    (policy: ReplayPolicy) => {
      const memory = new ReplayMemory({ shape, capacity: 8, policy, seed: 3 });
      show(memory, [0, 1, 2, 0, 1, 2, 0, 0, 0, 1]);
      memory.sample(3);
      const copy = ReplayMemory.load(memory.save());
      for (const one of [memory, copy]) show(one, [3, 3, 1, 0, 3, 3, 2], 10);
      expect(copy.all()).toEqual(memory.all());
      expect(copy.counts).toEqual(memory.counts);
      expect(copy.sample(4)).toEqual(memory.sample(4));
      expect([copy.observed, copy.size]).toEqual([17, 8]);
      expect(copy.save()).toEqual(memory.save());
    },
  );

  it("samples different images, anew each time, at most all", () => {
    const memory = new ReplayMemory({ shape, capacity: 20 });
    expect(memory.sample(4).labels).toHaveLength(0);
    show(
      memory,
      Array.from({ length: 20 }, (_, i) => i % 5),
    );
    const draws = Array.from({ length: 3 }, () => [...memory.sample(6).images].filter((_, i) => i % 2 === 0));
    for (const draw of draws) expect(new Set(draw).size).toBe(6);
    expect(draws[0]).not.toEqual(draws[1]);
    expect(memory.sample(50).labels).toHaveLength(20);
  });

  it("copies what it keeps", () => {
    const memory = new ReplayMemory({ shape, capacity: 2 });
    const images = Float32Array.of(1, 2);
    memory.observe(images, [0]);
    images.fill(9);
    memory.sample(1).images.fill(8);
    expect([...memory.all().images]).toEqual([1, 2]);
  });

  it("says what is wrong", () => {
    expect(() => new ReplayMemory({ shape, capacity: 0 })).toThrow(
      "replay memory: capacity must be positive integers, got 0",
    );
    expect(() => new ReplayMemory({ shape, capacity: 2, policy: "best" as ReplayPolicy })).toThrow(
      'unknown policy "best"',
    );
    const memory = new ReplayMemory({ shape, capacity: 2 });
    expect(() => memory.observe(new Float32Array(3), [0])).toThrow("3 numbers and 1 labels are not images of 1x1x2");
    expect(() => memory.observe(new Float32Array(4), [0, -1])).toThrow("-1 is not a label");
    expect(memory.size).toBe(0);
  });

  it("refuses damaged files, and none of them by another error", () => {
    const memory = new ReplayMemory({ shape, capacity: 3 });
    show(memory, [0, 1, 1, 2]);
    const bytes = memory.save();
    expect(() => ReplayMemory.load(bytes.subarray(0, 40))).toThrow("not a saved replay memory");
    const text = new TextDecoder("latin1").decode(bytes);
    for (const [from, to] of [
      ["datadam-replay/1", "datadam-replay/2"],
      ['capacity\\":3', 'capacity\\":2'],
      ['classes\\":[0,1,2]', 'classes\\":[0,1,7]'],
      ['observed\\":4', 'observed\\":-'],
    ]) {
      expect(text).toContain(from);
      const broken = Uint8Array.from(text.replace(from, to), (character) => character.charCodeAt(0));
      expect(() => ReplayMemory.load(broken), to).toThrow("not a saved replay memory");
    }
  });
});
