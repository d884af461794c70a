// A worker's own copies of what training keeps in shared memory, which ONNX Runtime does not take.

import { sizeOf } from "../../tensor/size.ts";
import type { Descent, DescentTask, Feeds, GradientTask, LastPart, Signature, TrainingState } from "../types.ts";
import { PublishedVersion } from "./publishedVersion.ts";
import { Vectors } from "./vectors.ts";

/** Networks of different layouts that a worker holds copies for. */
const MOST = 2;

/** Arrays of one layout: parameters, sums of outputs, and where steps are made here, velocity. */
class Workspace {
  readonly vectors: Vectors;
  readonly parameters: Float32Array;
  readonly totals: Float32Array;
  readonly velocity: Float32Array;
  /** The outputs of a run that is not the first. */
  part: Float32Array | undefined;
  /** Of the parameters, and of the velocity. */
  versions: [number | undefined, number | undefined] = [undefined, undefined];

  constructor(parameters: number, totals: number, steps: boolean) {
    const velocity = steps ? parameters : 0;
    this.vectors = new Vectors(parameters + totals + velocity);
    const { room } = this.vectors;
    this.parameters = room.subarray(0, parameters);
    this.totals = room.subarray(parameters, parameters + totals);
    this.velocity = room.subarray(parameters + totals);
  }

  /** Takes over the parameters of a version. */
  read(state: TrainingState, version: number): void {
    if (this.versions[0] === version) return;
    new PublishedVersion(state.held).wait(version);
    this.parameters.set(parametersOf(state));
    this.versions[0] = version;
  }

  /** Makes the step here. */
  descend(state: TrainingState, version: number, descent: Descent, next: number): void {
    const { length } = state;
    if (this.versions[1] !== version) {
      new PublishedVersion(state.held).wait(version);
      this.velocity.set(velocityOf(state));
    }
    const velocity = length + this.totals.length;
    this.vectors.descendInPlace([0, velocity, length], length, descent);
    this.versions = [next, next];
  }

  /** Makes it known in shared memory. */
  write(state: TrainingState, version: number): void {
    parametersOf(state).set(this.parameters);
    velocityOf(state).set(this.velocity);
    new PublishedVersion(state.held).set(version);
  }
}

const parametersOf = ({ memory, length }: TrainingState): Float32Array => new Float32Array(memory, 0, length);
const velocityOf = ({ memory, length }: TrainingState): Float32Array => new Float32Array(memory, 4 * length, length);

/** Runs the program of a task once. */
export type Run = (feeds: Feeds, outputs: Feeds) => Promise<unknown>;

export class Workspaces {
  /** By layout, the last used one last. */
  readonly #known = new Map<string, Workspace>();
  readonly #inputs = new Map<string, Float32Array>();
  #vectors: Vectors | undefined;

  /** @returns what is to be done after the answer, if anything. */
  async gradients(
    { inputs, outputs }: { readonly inputs: readonly Signature[]; readonly outputs: readonly Signature[] },
    { state, version, batch, runs, totals, last }: Omit<GradientTask, "program">,
    run: Run,
  ): Promise<(() => void) | undefined> {
    const shared = new Float32Array(totals.memory);
    const layout = JSON.stringify([state.places, totals.places]);
    const own = this.#workspace(layout, () => new Workspace(state.length, shared.length, last !== undefined));
    own.read(state, version);
    for (const [index, places] of runs.entries()) {
      const feeds = Object.fromEntries(
        inputs.map((signature) => {
          const { name } = signature;
          const size = sizeOf(signature.shape);
          const at = state.places[name];
          if (at !== undefined) return [name, own.parameters.subarray(at, at + size)];
          return [name, this.#input(name, new Float32Array(batch, 4 * places[name], size))];
        }),
      );
      if (index > 0) own.part ??= new Float32Array(shared.length);
      const into = index === 0 ? own.totals : own.part!;
      await run(
        feeds,
        Object.fromEntries(
          outputs.map((signature) => {
            const at = totals.places[signature.name];
            return [signature.name, into.subarray(at, at + sizeOf(signature.shape))];
          }),
        ),
      );
      if (index > 0) own.vectors.add(own.totals, into);
    }
    if (last !== undefined) return this.#finish(own, state, version, shared, last);
    shared.set(own.totals);
    return undefined;
  }

  /** Writes the sums to `shared` for the part that is done last, or makes the step where this is the one. */
  #finish(
    own: Workspace,
    state: TrainingState,
    version: number,
    shared: Float32Array,
    last: LastPart,
  ): (() => void) | undefined {
    const { descent, parts, index, left, next } = last;
    const gradient = own.totals.subarray(0, state.length);
    const count = new Int32Array(left);
    // A sum of two does not depend on their order: the second is added where it is.
    const inPlace = parts.length <= 2 && own.velocity.length > 0;
    shared.set(own.totals.subarray(state.length), state.length);
    if (!inPlace || Atomics.load(count, 0) > 1) shared.set(gradient);
    if (Atomics.sub(count, 0, 1) > 1) return undefined;
    if (!inPlace) {
      this.descend({ state, totals: parts, descent, from: 0, to: state.length });
      new PublishedVersion(state.held).set(next);
      return undefined;
    }
    if (parts.length === 2) own.vectors.add(gradient, new Float32Array(parts[1 - index], 0, state.length));
    own.descend(state, version, descent, next);
    return () => own.write(state, next);
  }

  descend({ state, totals, descent, from, to }: DescentTask): void {
    const gradients = totals.map((memory) => new Float32Array(memory));
    this.#vectors ??= new Vectors();
    this.#vectors.descend(parametersOf(state), velocityOf(state), gradients, from, to, descent);
  }

  #workspace(layout: string, create: () => Workspace): Workspace {
    const found = this.#known.get(layout) ?? create();
    this.#known.delete(layout);
    this.#known.set(layout, found);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST) this.#known.delete(oldest);
    return found;
  }

  /** A copy, in memory that the next one of that name uses again. */
  #input(name: string, shared: Float32Array): Float32Array {
    const known = this.#inputs.get(name);
    const copy = known?.length === shared.length ? known : new Float32Array(shared.length);
    this.#inputs.set(name, copy);
    copy.set(shared);
    return copy;
  }
}
