// Programs as sessions of ONNX Runtime in one thread: compiled when first needed, kept for a while, freed in turn.

import type { InferenceSession } from "onnxruntime-common";
import { unshared } from "./arrays.ts";
import { sessionOptions } from "./backends.ts";
import { bindInputs } from "./bound/bind.ts";
import { BoundProgram } from "./bound/boundProgram.ts";
import { type Host, openSession, type Tensors } from "./host.ts";
import type { Target } from "./protocol.ts";
import type { DType, Feeds, Program } from "./types.ts";

/** A program that can run. */
export interface Ready {
  readonly program: Program<DType>;
  readonly session: InferenceSession;
  /** Inputs that do not change from run to run. */
  readonly fixed: Tensors;
}

interface Known {
  readonly program: Program<DType>;
  /** Its session, unless it is bound on a CPU. */
  session: Promise<InferenceSession> | undefined;
  readonly bound: BoundProgram;
}

/** Programs without a binding whose sessions are kept. A training has 4 at most, gradient matching on a GPU 10. */
const KEPT = 12;

export class Sessions {
  readonly #host: Host;
  readonly #programs = new Map<string, Known>();
  readonly #bindings = new Map<string, Feeds>();
  /** Programs that have a session of their own, the last used one last. */
  readonly #recent = new Set<string>();

  constructor(host: Host) {
    this.#host = host;
  }

  async find({ program: id, source, binding, values }: Target): Promise<Ready> {
    if (source !== undefined && !this.#programs.has(id)) {
      this.#programs.set(id, { program: source, session: undefined, bound: new BoundProgram(this.#host, source) });
    }
    if (binding !== undefined && values !== undefined) this.#bindings.set(binding, unshared(values));
    const known = this.#programs.get(id)!;
    const { program } = known;
    const bound = binding === undefined ? undefined : this.#bindings.get(binding);
    if (this.#host.device === "cpu" && binding !== undefined && bound !== undefined) {
      return { program, ...(await known.bound.find(binding, bound)) };
    }
    await this.#keep(id);
    known.session ??= this.#open(program);
    return { program, session: await known.session, fixed: await this.#fed(program, bound) };
  }

  /** Frees what is kept for a binding. Its values must come with its next use. */
  async forget(binding: string): Promise<void> {
    this.#bindings.delete(binding);
    for (const { bound } of this.#programs.values()) await bound.forget(binding);
  }

  /** What is kept for a binding, in bytes. */
  held(binding: string): number {
    const values = Object.values(this.#bindings.get(binding) ?? {});
    const parts = [...this.#programs.values()].map(({ bound }) => bound.held(binding));
    return [...values.map(({ byteLength }) => byteLength), ...parts].reduce((sum, bytes) => sum + bytes, 0);
  }

  #open(program: Program<DType>): Promise<InferenceSession> {
    return openSession(
      this.#host,
      program.name,
      bindInputs(program),
      sessionOptions(this.#host.device, program.threads),
    );
  }

  /** Bound values as inputs. */
  async #fed({ bound }: Program<DType>, values: Feeds = {}): Promise<Tensors> {
    const { Tensor } = await this.#host.runtime();
    return Object.fromEntries(bound.map(({ name, shape }) => [name, new Tensor("float32", values[name], shape)]));
  }

  /** Notes that a program is used, and frees the session of the one that has not been for longest. */
  async #keep(id: string): Promise<void> {
    this.#recent.delete(id);
    this.#recent.add(id);
    const [oldest] = this.#recent;
    if (this.#recent.size <= KEPT) return;
    this.#recent.delete(oldest);
    const known = this.#programs.get(oldest)!;
    const { session } = known;
    known.session = undefined;
    await session?.then(
      (opened) => this.#host.enter(() => opened.release()),
      () => undefined,
    );
  }
}
