// Random real images of each class.

import { expect, it } from "vitest";
import { prepare, randomSubset } from "../../src/images/index.ts";
import { patches } from "../support/sets.ts";

it("a random subset has ipc distinct images of each class, by seed", async () => {
  const prepared = await prepare(patches(), { zca: false });
  const set = randomSubset(prepared, 5, 0);
  expect([...set.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  const images = Array.from({ length: 15 }, (_, i) => set.images.subarray(i * 256, (i + 1) * 256).join());
  expect(new Set(images).size).toBe(15);
  const real = Array.from({ length: prepared.count }, (_, i) => [prepared.labels[i], prepared.read([i]).join()].join());
  for (const [i, image] of images.entries()) expect(real).toContain([set.labels[i], image].join());
  expect(randomSubset(prepared, 5, 0).images).toEqual(set.images);
  expect(randomSubset(prepared, 5, 1).images).not.toEqual(set.images);
  expect(() => randomSubset(prepared, 13, 0)).toThrow("has 12 images, fewer than ipc 13");
});
