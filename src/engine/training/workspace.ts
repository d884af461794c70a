// A worker's own copies of what training keeps in shared memory, which ONNX Runtime does not take.

import { sizeOf } from "../../tensor/size.ts";
import { Copies } from "../arrays.ts";
import type { Descent, DescentTask, Feeds, GradientTask, LastPart, SharedTraining, Signature } from "../types.ts";
import { PublishedVersion } from "./publishedVersion.ts";
import { Vectors } from "./vectors.ts";

/** Networks of different layouts that a worker holds copies for. */
const MAX_LAYOUTS = 2;

/** Arrays of one layout: parameters, sums of outputs, and where steps are made here, velocity. */
class Workspace {
  readonly vectors: Vectors;
  readonly parameters: Float32Array;
  readonly totals: Float32Array;
  readonly velocity: Float32Array;
  /** The outputs of a run that is not the first. */
  part: Float32Array | undefined;
  /** Versions of `parameters` and of `velocity`. */
  versions: [number | undefined, number | undefined] = [undefined, undefined];

  constructor(parameters: number, totals: number, steps: boolean) {
    const velocity = steps ? parameters : 0;
    this.vectors = new Vectors(parameters + totals + velocity);
    const { scratch } = this.vectors;
    this.parameters = scratch.subarray(0, parameters);
    this.totals = scratch.subarray(parameters, parameters + totals);
    this.velocity = scratch.subarray(parameters + totals);
  }

  /** Takes over the parameters of a version. */
  read(state: SharedTraining, version: number): void {
    if (this.versions[0] === version) return;
    new PublishedVersion(state.published).wait(version);
    this.parameters.set(parametersOf(state));
    this.versions[0] = version;
  }

  /** Makes the step here. */
  descend(state: SharedTraining, version: number, descent: Descent, next: number): void {
    const { length } = state;
    if (this.versions[1] !== version) {
      new PublishedVersion(state.published).wait(version);
      this.velocity.set(velocityOf(state));
    }
    const velocity = length + this.totals.length;
    this.vectors.descendInPlace([0, velocity, length], length, descent);
    this.versions = [next, next];
  }

  /** Copies the result of a step to shared memory, and publishes its version. */
  write(state: SharedTraining, version: number): void {
    parametersOf(state).set(this.parameters);
    velocityOf(state).set(this.velocity);
    new PublishedVersion(state.published).set(version);
  }
}

const parametersOf = ({ memory, length }: SharedTraining): Float32Array => new Float32Array(memory, 0, length);
const velocityOf = ({ memory, length }: SharedTraining): Float32Array => new Float32Array(memory, 4 * length, length);

/** Runs the program of a task once. */
export type Run = (feeds: Feeds, outputs: Feeds) => Promise<unknown>;

export class Workspaces {
  /** By layout, the last used one last. */
  readonly #known = new Map<string, Workspace>();
  readonly #inputs = new Copies();
  #vectors: Vectors | undefined;

  /** @returns what is to be done after the answer, if anything. */
  async gradients(
    { inputs, outputs }: { readonly inputs: readonly Signature[]; readonly outputs: readonly Signature[] },
    { state, version, batch, runs, totals, last }: Omit<GradientTask, "program">,
    run: Run,
  ): Promise<(() => void) | undefined> {
    const shared = new Float32Array(totals.memory);
    const layout = JSON.stringify([state.offsets, totals.offsets]);
    const workspace = this.#workspace(layout, () => new Workspace(state.length, shared.length, last !== undefined));
    workspace.read(state, version);
    for (const [index, offsets] of runs.entries()) {
      const feeds = Object.fromEntries(
        inputs.map(({ name, shape }) => {
          const size = sizeOf(shape);
          const at = state.offsets[name];
          if (at !== undefined) return [name, workspace.parameters.subarray(at, at + size)];
          return [name, this.#inputs.copy(name, new Float32Array(batch, 4 * offsets[name], size))];
        }),
      );
      if (index > 0) workspace.part ??= new Float32Array(shared.length);
      const into = index === 0 ? workspace.totals : workspace.part!;
      await run(
        feeds,
        Object.fromEntries(
          outputs.map(({ name, shape }) => {
            const at = totals.offsets[name];
            return [name, into.subarray(at, at + sizeOf(shape))];
          }),
        ),
      );
      if (index > 0) workspace.vectors.add(workspace.totals, into);
    }
    if (last !== undefined) return this.#finish(workspace, state, version, shared, last);
    shared.set(workspace.totals);
    return undefined;
  }

  /** Writes the sums to `shared` for the part that finishes last, or makes the step where this is that part. */
  #finish(
    workspace: Workspace,
    state: SharedTraining,
    version: number,
    shared: Float32Array,
    last: LastPart,
  ): (() => void) | undefined {
    const { descent, parts, index, left, next } = last;
    const gradient = workspace.totals.subarray(0, state.length);
    const count = new Int32Array(left);
    // A sum of two does not depend on their order: the second is added where it is.
    const inPlace = parts.length <= 2 && workspace.velocity.length > 0;
    shared.set(workspace.totals.subarray(state.length), state.length);
    if (!inPlace || Atomics.load(count, 0) > 1) shared.set(gradient);
    if (Atomics.sub(count, 0, 1) > 1) return undefined;
    if (!inPlace) {
      this.descend({ state, totals: parts, descent, from: 0, to: state.length });
      new PublishedVersion(state.published).set(next);
      return undefined;
    }
    if (parts.length === 2) workspace.vectors.add(gradient, new Float32Array(parts[1 - index], 0, state.length));
    workspace.descend(state, version, descent, next);
    return () => workspace.write(state, next);
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
    if (this.#known.size > MAX_LAYOUTS) this.#known.delete(oldest);
    return found;
  }
}
