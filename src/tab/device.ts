// What the tab computes on: the graphics card where the machine has one, else the processor.

import type { Device } from "../engine/types.ts";
import type { DatadamError } from "../errors.ts";
import type { Choice } from "./messages.ts";

/** What is used of WebGPU's adapters, which the types of pages lack. */
interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
  readonly isFallbackAdapter?: boolean;
}

export interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

/**
 * Works on the device that was chosen. Where the choice is left to the page, a graphics card that turns out not to
 * serve is left for the processor.
 *
 * @param gpu undefined: the browser has no WebGPU.
 */
export async function onDevice(
  chosen: Choice["device"],
  gpu: Gpu | undefined,
  use: (device: Device) => Promise<void>,
  warn: (text: string) => void,
): Promise<void> {
  if (chosen !== "auto") return use(chosen);
  if (!(await hasCard(gpu))) return use("cpu");
  try {
    return await use("webgpu");
  } catch (error) {
    const { code, message } = error as Partial<DatadamError>;
    if (code !== "BACKEND_UNAVAILABLE") throw error;
    warn(`The graphics card cannot be used (${message}): the processor computes.`);
    return use("cpu");
  }
}

/** Whether there is an adapter that is no program on the processor, which would be slower than WebAssembly. */
async function hasCard(gpu: Gpu | undefined): Promise<boolean> {
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return false;
  const { info = {} } = adapter;
  return !(info.isFallbackAdapter ?? adapter.isFallbackAdapter) && info.architecture !== "swiftshader";
}
