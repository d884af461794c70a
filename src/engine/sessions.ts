// Programs as sessions of ONNX Runtime in one thread: compiled when first needed, kept for a while, freed in turn.

import type { InferenceSession } from "onnxruntime-common";
import { unshared } from "./arrays.ts";
import { compileError, isUnsupported, sessionOptions } from "./backends.ts";
import { bindConstants, bindInputs } from "./bind.ts";
import type { Target } from "./protocol.ts";
import type { Device, DType, Feeds, Program } from "./types.ts";
import { firstRefused } from "./unsupported.ts";

/** What is used of ONNX Runtime, for Node or for browsers. */
export type Runtime = Pick<typeof import("onnxruntime-common"), "InferenceSession" | "Tensor">;

/** ONNX Runtime in this thread. */
export interface Host {
  readonly device: Device;
  /** @throws DatadamError `BACKEND_UNAVAILABLE` */
  readonly runtime: () => Promise<Runtime>;
  /** Makes a call into the runtime. */
  readonly enter: <T>(call: () => Promise<T>) => Promise<T>;
}

/** A program that can run. */
export interface Ready {
  readonly program: Program<DType>;
  readonly session: InferenceSession;
  /** Bound values that this device feeds. */
  readonly fed: Feeds;
}

/** Programs without a binding whose sessions are kept. A training has 4 at most, gradient matching on a GPU 10. */
const KEPT = 12;

export class Sessions {
  readonly #host: Host;
  /** Programs by id, each with its sessions by binding ("" where there is none, or where bound values are fed). */
  readonly #programs = new Map<string, { program: Program<DType>; sessions: Map<string, Promise<InferenceSession>> }>();
  readonly #bindings = new Map<string, Feeds>();
  /** Programs without a binding that have a session, the last used one last. */
  readonly #recent = new Set<string>();

  constructor(host: Host) {
    this.#host = host;
  }

  async find({ program: id, source, binding, values }: Target): Promise<Ready> {
    const { device } = this.#host;
    if (source !== undefined && !this.#programs.has(id)) {
      this.#programs.set(id, { program: source, sessions: new Map() });
    }
    if (binding !== undefined && values !== undefined) this.#bindings.set(binding, unshared(values));
    const { program, sessions } = this.#programs.get(id)!;
    const bound = binding === undefined ? undefined : this.#bindings.get(binding);
    const key = device === "cpu" ? (binding ?? "") : "";
    if (key === "") await this.#keep(id);
    let session = sessions.get(key);
    if (session === undefined) {
      session = this.#open(program, bound);
      sessions.set(key, session);
    }
    return { program, session: await session, fed: device === "cpu" ? {} : (bound ?? {}) };
  }

  /** Frees the sessions of a binding that will not be used again. */
  async forget(binding: string): Promise<void> {
    this.#bindings.delete(binding);
    for (const id of this.#programs.keys()) await this.#free(id, binding);
  }

  async #open(program: Program<DType>, values: Feeds | undefined): Promise<InferenceSession> {
    const { device, runtime, enter } = this.#host;
    const { InferenceSession } = await runtime();
    const model = device === "cpu" && values !== undefined ? bindConstants(program, values) : bindInputs(program);
    try {
      return await enter(() => InferenceSession.create(model, sessionOptions(device, program.threads)));
    } catch (cause) {
      const operation = isUnsupported(cause) ? await firstRefused(model, (part) => this.#accepts(part)) : undefined;
      throw compileError(device, program.name, cause, operation);
    }
  }

  async #accepts(model: Uint8Array): Promise<boolean> {
    const { device, runtime, enter } = this.#host;
    const { InferenceSession } = await runtime();
    try {
      await enter(async () => (await InferenceSession.create(model, sessionOptions(device))).release());
      return true;
    } catch (cause) {
      if (isUnsupported(cause)) return false;
      throw cause;
    }
  }

  /** Notes that a program without a binding is used, and frees the session of the one that has not been for longest. */
  async #keep(id: string): Promise<void> {
    this.#recent.delete(id);
    this.#recent.add(id);
    const [oldest] = this.#recent;
    if (this.#recent.size <= KEPT) return;
    this.#recent.delete(oldest);
    await this.#free(oldest, "");
  }

  async #free(id: string, binding: string): Promise<void> {
    const { sessions } = this.#programs.get(id)!;
    const session = sessions.get(binding);
    sessions.delete(binding);
    await session?.then(
      (opened) => this.#host.enter(() => opened.release()),
      () => undefined,
    );
  }
}
