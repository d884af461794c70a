// Hashes of data sets of gigabytes.

import { expect, it } from "vitest";
import { imageSet } from "../../src/images/index.ts";
import { fingerprint, fingerprintInTurns } from "../../src/run/index.ts";

it("hashes a large set as at once, and lets timers run meanwhile", async () => {
  const image = new Uint8Array(2 ** 20).fill(7);
  const small = imageSet({
    ...{ name: "large", pixels: image, labels: new Uint16Array(1), shape: [1, 1024, 1024], classNames: ["a"] },
    flippable: true,
  });
  const large = { ...small, count: 40, labels: new Uint16Array(40), image: () => image };
  let ran = false;
  setImmediate(() => {
    ran = true;
  });
  const hash = await fingerprintInTurns(large);
  expect(ran).toBe(true);
  expect(hash).toBe(fingerprint(large));
  expect(await fingerprintInTurns(small)).toBe(fingerprint(small));
});
