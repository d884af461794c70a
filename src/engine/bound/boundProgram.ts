// A program with bound inputs on a CPU: one session for all bindings, which is fed their values as ONNX Runtime would
// lay out constants, or as they are where it has no layout for them; or a session for each binding, where neither can
// be had.

import type { InferenceSession } from "onnxruntime-common";
import { alignedZeros } from "../arrays.ts";
import { boundOptions, sessionOptions } from "../backends.ts";
import { type Host, openSession, type Tensors } from "../host.ts";
import type { DType, Feeds, Program } from "../types.ts";
import { bindConstants, bindInputs, type NamedArray } from "./bind.ts";
import { type Hoisted, hoist, whole } from "./hoist.ts";
import { findTemplate, type LaidOut, layOut } from "./template.ts";

/** A session, and those of its inputs that a binding gives. */
export interface BoundSession {
  readonly session: InferenceSession;
  readonly fixed: Tensors;
}

interface Opened extends BoundSession {
  /** Arrays of `fixed`, in the order of the template; `undefined` where the session is the binding's own. */
  readonly arrays: readonly Float32Array[] | undefined;
}

/** The program's two parts, the first of them compiled. */
interface Parts {
  readonly hoisted: Hoisted;
  readonly prelude: InferenceSession | undefined;
}

interface Shared {
  readonly session: InferenceSession;
  /** How it lays out constants. Default: it takes them as they are. */
  readonly constants?: readonly LaidOut[];
}

/** What a session with constants takes, about: 40 to 190 MB were measured. */
const SESSION_BYTES = 2 ** 27;

export class BoundProgram {
  readonly #host: Host;
  readonly #program: Program<DType>;
  /** By binding. */
  readonly #opened = new Map<string, Opened>();
  #parts: Parts | undefined;
  #shared: Shared | "impossible" | undefined;
  #used = false;
  /** Arrays of a binding that was forgotten, for the next one. */
  #spare: readonly Float32Array[] | undefined;

  constructor(host: Host, program: Program<DType>) {
    this.#host = host;
    this.#program = program;
  }

  async find(binding: string, values: Feeds): Promise<BoundSession> {
    const known = this.#opened.get(binding);
    if (known !== undefined && (known.arrays !== undefined || typeof this.#shared !== "object")) return known;
    await this.forget(binding);
    const arrays = await this.#arrays(values);
    const shared = await this.#share(arrays);
    const opened = shared === undefined ? await this.#own(arrays) : await this.#fed(shared, arrays);
    this.#opened.set(binding, opened);
    return opened;
  }

  async forget(binding: string): Promise<void> {
    const opened = this.#opened.get(binding);
    if (opened === undefined) return;
    this.#opened.delete(binding);
    if (opened.arrays === undefined) await this.#host.enter(() => opened.session.release());
    else if (typeof this.#shared === "object" && this.#shared.constants !== undefined) this.#spare = opened.arrays;
  }

  /** What is kept for a binding, in bytes. */
  held(binding: string): number {
    const opened = this.#opened.get(binding);
    if (opened === undefined) return 0;
    return opened.arrays?.reduce((bytes, { byteLength }) => bytes + byteLength, 0) ?? SESSION_BYTES;
  }

  /** Programs whose products threads share stay as they are. */
  get #options(): InferenceSession.SessionOptions {
    const { threads = 1 } = this.#program;
    return threads === 1 ? boundOptions(true) : sessionOptions("cpu", threads);
  }

  /** What the main part takes. */
  async #arrays(values: Feeds): Promise<NamedArray[]> {
    this.#parts ??= await this.#split();
    const { hoisted, prelude } = this.#parts;
    const { bound } = this.#program;
    const shapes = new Map(bound.map(({ name, shape }) => [name, shape]));
    const direct = hoisted.direct.map((name) => ({ name, shape: shapes.get(name)!, data: values[name] }));
    if (prelude === undefined) return direct;
    const { Tensor } = await this.#host.runtime();
    const feeds = Object.fromEntries(
      bound.map(({ name, shape }) => [name, new Tensor("float32", values[name], shape)]),
    );
    const results = await this.#host.enter(() => prelude.run(feeds));
    return [
      ...direct,
      ...hoisted.computed.map((name) => ({
        name,
        shape: results[name].dims,
        data: results[name].data as Float32Array,
      })),
    ];
  }

  async #split(): Promise<Parts> {
    const { name, threads = 1 } = this.#program;
    try {
      const hoisted = threads === 1 ? hoist(this.#program) : whole(this.#program);
      const { prelude } = hoisted;
      // By the kernels that fold constants.
      const session = prelude && (await openSession(this.#host, name, prelude, boundOptions(false)));
      return { hoisted, prelude: session };
    } catch {
      // What is wrong with the program shows when it is compiled.
      return { hoisted: whole(this.#program), prelude: undefined };
    }
  }

  /**
   * The session of all bindings; where constants are laid out, from the second one on: one binding is sooner compiled
   * than three sessions.
   */
  async #share(arrays: readonly NamedArray[]): Promise<Shared | undefined> {
    if (!this.#host.laysOut) this.#shared ??= await this.#takeInputs(arrays);
    else if (this.#used) this.#shared ??= await this.#findShared(arrays).catch(() => "impossible" as const);
    this.#used = true;
    return typeof this.#shared === "object" ? this.#shared : undefined;
  }

  /** Its constants are further inputs. */
  async #takeInputs(arrays: readonly NamedArray[]): Promise<Shared> {
    const bound = arrays.map(({ name, shape }) => ({ name, shape, dtype: "float32" as const }));
    const model = bindInputs({ ...this.#program, model: this.#parts!.hoisted.main, bound });
    return { session: await openSession(this.#host, this.#program.name, model, this.#options) };
  }

  async #findShared(arrays: readonly NamedArray[]): Promise<Shared | "impossible"> {
    const { enter, runtime, written } = this.#host;
    const { name, threads = 1 } = this.#program;
    if (written === undefined || threads > 1) return "impossible";
    const { InferenceSession } = await runtime();
    const template = await findTemplate(this.#parts!.hoisted.main, arrays, (model) =>
      enter(() =>
        written(async (optimizedModelFilePath) => {
          const session = await InferenceSession.create(model, { ...boundOptions(true), optimizedModelFilePath });
          await session.release();
        }),
      ),
    );
    if (template === undefined) return "impossible";
    const session = await openSession(this.#host, name, template.model, boundOptions(false));
    return { session, constants: template.constants };
  }

  async #own(arrays: readonly NamedArray[]): Promise<Opened> {
    const model = bindConstants(this.#parts!.hoisted.main, arrays);
    const session = await openSession(this.#host, this.#program.name, model, this.#options);
    return { session, fixed: {}, arrays: undefined };
  }

  async #fed({ session, constants }: Shared, sources: readonly NamedArray[]): Promise<Opened> {
    const { Tensor } = await this.#host.runtime();
    if (constants === undefined) {
      const fixed = sources.map(({ name, shape, data }) => [name, new Tensor("float32", data, shape)]);
      return { session, fixed: Object.fromEntries(fixed), arrays: sources.map(({ data }) => data) };
    }
    const arrays = this.#spare ?? alignedZeros(constants.map(({ from }) => from.length));
    this.#spare = undefined;
    layOut(sources, constants, arrays);
    const fixed = constants.map(({ name, shape }, i) => [name, new Tensor("float32", arrays[i], shape)]);
    return { session, fixed: Object.fromEntries(fixed), arrays };
  }
}
