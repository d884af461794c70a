// ONNX Runtime in one thread, and how a model becomes a session there.

import type { InferenceSession, Tensor } from "onnxruntime-common";
import { compileError, isUnsupported, sessionOptions } from "./backends.ts";
import type { Device } from "./types.ts";
import { firstRefused } from "./unsupported.ts";

/** What is used of ONNX Runtime, for Node or for browsers. */
export type Runtime = Pick<typeof import("onnxruntime-common"), "InferenceSession" | "Tensor">;

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** ONNX Runtime in this thread. */
export interface Host {
  readonly device: Device;
  /** @throws DatadamError `BACKEND_UNAVAILABLE` */
  readonly runtime: () => Promise<Runtime>;
  /** Makes a call into the runtime. */
  readonly enter: <T>(call: () => Promise<T>) => Promise<T>;
  /** Whether a run writes to the arrays that it is given for its outputs. */
  readonly fillsOutputs: boolean;
  /** Whether it lays out constant weights on a CPU, so that compiling them pays. WebAssembly has no such layout. */
  readonly laysOut: boolean;
  /** What a user can do where there is no runtime. Default: what {@link unavailable} says of the device. */
  readonly hint?: string | undefined;
  /** Lets `write` write a file of this path, gives its bytes and removes it. Absent where there are no files. */
  readonly written?: (write: (path: string) => Promise<void>) => Promise<Uint8Array>;
}

/** Compiles a model. @throws DatadamError `UNSUPPORTED_OPERATION`, `BACKEND_UNAVAILABLE` */
export async function openSession(
  { device, runtime, enter, hint }: Host,
  name: string,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const { InferenceSession } = await runtime();
  const accepts = async (part: Uint8Array): Promise<boolean> => {
    try {
      await enter(async () => (await InferenceSession.create(part, sessionOptions(device))).release());
      return true;
    } catch (cause) {
      if (isUnsupported(cause)) return false;
      throw cause;
    }
  };
  try {
    return await enter(() => InferenceSession.create(model, options));
  } catch (cause) {
    const operation = isUnsupported(cause) ? await firstRefused(model, accepts) : undefined;
    throw compileError(device, name, cause, operation, hint);
  }
}
