// Hashes of parts and of image sets, against Node's own SHA-256.

import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { imageSet } from "../../../src/images/index.ts";
import { fingerprintOf, sha256 } from "../../../src/lab/folder/hash.ts";

it("is the SHA-256 of the parts one after the other, of views their part of the buffer", async () => {
  const floats = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const bytes = new Uint8Array(floats.buffer, 4, 8);
  const expected = createHash("sha256").update("häuser").update(bytes).update("end").digest("hex");
  expect(await sha256("häuser", floats, "end")).toBe(expected);
  expect(await sha256()).toBe(createHash("sha256").digest("hex"));
});

it("knows a set of images by its shape, normalisation, labels and pixels", async () => {
  const pixels = Uint8Array.from({ length: 3 * 4 }, (_, i) => 20 * i);
  const labels = Uint16Array.of(0, 1, 1);
  const normalization = { mean: [0.5], std: [0.25] };
  const set = imageSet({ name: "a", pixels, labels, shape: [1, 2, 2], classNames: ["ant", "bee"], normalization });
  const facts = '{"count":3,"normalization":{"mean":[0.5],"std":[0.25]},"shape":[1,2,2]}';
  const hash = createHash("sha256").update(facts).update(new Uint8Array(labels.buffer)).update(pixels);
  expect(await fingerprintOf(set)).toBe(hash.digest("hex"));
});
