// Checkpoints: the newest whole one is read, of the highest claim; damaged ones and those of other work are not.

import { describe, expect, it } from "vitest";
import { openStates, type State } from "../../../src/lab/folder/states.ts";
import { memory } from "../../../src/lab/index.ts";

/** Two images of 1 x 2 x 2 and their momentum, which say which state they are of. */
function state(iteration: number, of: number = 0): State {
  const tensor = (offset: number): State["tensors"][string] => ({
    shape: [2, 1, 2, 2],
    data: Float32Array.from({ length: 8 }, (_, i) => Math.sin(iteration + offset + i + 100 * of)),
  });
  return { tensors: { images: tensor(0), momentum: tensor(0.5) }, facts: { iteration, classes: [0, 1] } };
}

const nameOf = (number: number, claim: number = 1): string =>
  `checkpoints/state-${String(number).padStart(6, "0")}.${String(claim).padStart(4, "0")}.safetensors`;

describe("checkpoints", () => {
  it("come back as they were, the newest first, three kept", async () => {
    const storage = memory();
    const states = openStates(storage, 1, "checkpoints");
    expect(await states.newest("mine")).toBeUndefined();
    // As numbers, not as text: 1000000 is later than 999999.
    for (const number of [2, 10, 999_999, 1_000_000]) await states.save(number, state(number), "mine");
    expect(await states.newest("mine")).toEqual({ ...state(1_000_000), number: 1_000_000 });
    const names = [nameOf(10), nameOf(999_999), nameOf(1_000_000)].map((path) => path.replace("checkpoints/", ""));
    expect(await storage.list("checkpoints")).toEqual(names.sort());
  });

  it("of one number are read from the highest claim, whichever was written last", async () => {
    const storage = memory();
    await openStates(storage, 12, "checkpoints").save(4, state(4, 12), "mine");
    await openStates(storage, 9, "checkpoints").save(4, state(4, 9), "mine");
    expect(await openStates(storage, 13, "checkpoints").newest("mine")).toEqual({ ...state(4, 12), number: 4 });
  });

  it("are refused where they belong to other work", async () => {
    const states = openStates(memory(), 1, "checkpoints");
    await states.save(2, state(2), "mine");
    await expect(states.newest("that")).rejects.toMatchObject({
      code: "INVALID_RUN",
      message: expect.stringContaining("state-000002.0001.safetensors belongs to another configuration or data set"),
    });
  });

  const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, bytes[at]! ^ 1);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ["a flipped bit in the images", (bytes) => flip(bytes, bytes.length - 64)],
    ["a flipped bit in the momentum", (bytes) => flip(bytes, bytes.length - 1)],
    ["another fact", (bytes) => Buffer.from(text(bytes).replace('\\"iteration\\":4', '\\"iteration\\":5'), "latin1")],
    ["another identity", (bytes) => Buffer.from(text(bytes).replace('"mine"', '"that"'), "latin1")],
    ["a missing end", (bytes) => bytes.subarray(0, -1)],
    ["no bytes", () => new Uint8Array()],
  ])("are passed over with a warning after %s, and go with the next", async (_, damage) => {
    const storage = memory();
    const states = openStates(storage, 1, "checkpoints");
    for (const number of [2, 4]) await states.save(number, state(number), "mine");
    const bytes = (await storage.read(nameOf(4)))!;
    const damaged = damage(bytes);
    expect(Buffer.compare(bytes, damaged)).not.toBe(0);
    await storage.write(nameOf(4), damaged);
    const warnings: string[] = [];
    expect(await states.newest("mine", (message) => warnings.push(message))).toEqual({ ...state(2), number: 2 });
    expect(warnings).toEqual([expect.stringMatching(/state-000004\.0001\.safetensors is damaged \(.+\); trying/)]);
    await states.save(3, state(3), "mine");
    expect(await storage.list("checkpoints")).toEqual([
      "state-000002.0001.safetensors",
      "state-000003.0001.safetensors",
    ]);
  });

  it("are an error where all are damaged", async () => {
    const storage = memory();
    const states = openStates(storage, 1, "checkpoints");
    for (const number of [2, 4]) {
      await states.save(number, state(number), "mine");
      await storage.write(nameOf(number), "x");
    }
    await expect(states.newest("mine")).rejects.toMatchObject({
      code: "INVALID_RUN",
      message: "No checkpoint in memory/checkpoints can be read: all 2 are damaged",
    });
  });
});
