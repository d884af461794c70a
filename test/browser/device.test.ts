// What the tab computes on, by what it is given and by what the browser has.

import { expect, test } from "vitest";
import { DatadamError } from "../../src/errors.ts";
import { type Gpu, onDevice } from "../../src/tab/device.ts";

const card: Gpu = { requestAdapter: async () => ({ info: { isFallbackAdapter: false, architecture: "ampere" } }) };
const fails = (): never => {
  throw new DatadamError("BACKEND_UNAVAILABLE", "no device");
};

/** The devices that are tried, and what is said. */
async function tried(
  chosen: "auto" | "cpu" | "webgpu",
  gpu: Gpu | undefined,
  work: (device: string) => void = () => {},
): Promise<[string[], string[]]> {
  const [devices, warnings]: [string[], string[]] = [[], []];
  const use = async (device: string): Promise<void> => {
    devices.push(device);
    work(device);
  };
  await onDevice(chosen, gpu, use, (text) => warnings.push(text));
  return [devices, warnings];
}

test.each([
  ["a card", card, "webgpu"],
  ["no WebGPU", undefined, "cpu"],
  ["no adapter", { requestAdapter: async () => null }, "cpu"],
  ["an adapter that fails", { requestAdapter: async () => Promise.reject(new Error("lost")) }, "cpu"],
  ["an adapter that is a program", { requestAdapter: async () => ({ info: { isFallbackAdapter: true } }) }, "cpu"],
  ["one of an older browser", { requestAdapter: async () => ({ isFallbackAdapter: true }) }, "cpu"],
  ["SwiftShader", { requestAdapter: async () => ({ info: { architecture: "swiftshader" } }) }, "cpu"],
])("left to the page, with %s", async (_, gpu, device) => {
  expect(await tried("auto", gpu)).toEqual([[device], []]);
});

test("what is chosen is taken, whatever there is, and its failure is told", async () => {
  expect(await tried("cpu", card)).toEqual([["cpu"], []]);
  expect(await tried("webgpu", undefined)).toEqual([["webgpu"], []]);
  await expect(tried("webgpu", card, fails)).rejects.toThrow("no device");
});

test("a card that cannot be used is left for the processor, and said so; other failures stay what they are", async () => {
  const [devices, warnings] = await tried("auto", card, (device) => device === "webgpu" && fails());
  expect(devices).toEqual(["webgpu", "cpu"]);
  expect(warnings).toEqual(["The graphics card cannot be used (no device): the processor computes."]);
  const other = (): never => {
    throw new DatadamError("INVALID_DATA", "other images");
  };
  await expect(tried("auto", card, other)).rejects.toThrow("other images");
});
