// What a worker does for each request: runs programs, adds up their outputs, trains in shared memory.

import type { Tensor } from "onnxruntime-common";
import { sizeOf } from "../tensor/size.ts";
import { Copies, zeros } from "./arrays.ts";
import type { Host } from "./host.ts";
import type { Outputs, Request } from "./protocol.ts";
import { type Ready, Sessions } from "./sessions.ts";
import { Workspaces } from "./training/workspace.ts";
import type { ArrayOf, DType, Feeds } from "./types.ts";

export type Work = Exclude<Request, { kind: "forget" | "close" }>;

export interface Done {
  /** Arrays of their own, which may be transferred. */
  readonly outputs: Outputs;
  /** What is kept for the request's binding, in bytes. */
  readonly held?: number | undefined;
  /** What remains to be done once the answer is sent. */
  readonly afterReply?: (() => void) | undefined;
}

export class Tasks {
  readonly #host: Host;
  readonly #sessions: Sessions;
  readonly #copies = new Copies();
  readonly #workspaces = new Workspaces();

  constructor(host: Host) {
    this.#host = host;
    this.#sessions = new Sessions(host);
  }

  /** One request at a time. */
  async handle(request: Work): Promise<Done> {
    if (request.kind === "descend") {
      this.#workspaces.descend(request.task);
      return { outputs: {} };
    }
    const ready = await this.#sessions.find(request.target);
    if (request.kind === "gradients") {
      const afterReply = await this.#workspaces.gradients(ready.program, request.task, (feeds, outputs) =>
        this.#execute(ready, feeds, outputs),
      );
      return { outputs: {}, afterReply };
    }
    const outputs =
      request.kind === "run"
        ? await this.#run(ready, this.#copies.unshared(request.feeds))
        : await this.#sum(ready, this.#copies.unshared(request.common), request.batches);
    const { binding } = request.target;
    return { outputs, held: binding === undefined ? undefined : this.#sessions.held(binding) };
  }

  /** See {@link Sessions.forget}. */
  forget(binding: string): Promise<void> {
    return this.#sessions.forget(binding);
  }

  /** Outputs in memory of their own: that of ONNX Runtime could not be transferred. */
  async #run(ready: Ready, feeds: Feeds<DType>): Promise<Outputs> {
    const outputs = Object.fromEntries(
      ready.program.outputs.map(({ name, shape, dtype }) => [name, zeros(dtype, sizeOf(shape))]),
    );
    await this.#execute(ready, feeds, outputs);
    return outputs;
  }

  async #sum(ready: Ready, common: Feeds, batches: readonly Feeds[]): Promise<Outputs> {
    if (batches.length === 1) return this.#run(ready, { ...common, ...this.#copies.unshared(batches[0]) });
    const { outputs } = ready.program;
    const totals = new Map(outputs.map(({ name, shape }) => [name, new Float64Array(sizeOf(shape))]));
    for (const batch of batches) {
      const parts = await this.#execute(ready, { ...common, ...this.#copies.unshared(batch) });
      for (const [name, total] of totals) {
        const part = parts[name];
        for (let i = 0; i < total.length; i++) total[i] += part[i];
      }
    }
    return Object.fromEntries([...totals].map(([name, total]) => [name, new Float32Array(total)]));
  }

  /** @param into where outputs are to go, in memory that is not shared. Default: memory of ONNX Runtime. */
  async #execute({ program, session, fixed }: Ready, feeds: Feeds<DType>, into?: Feeds<DType>): Promise<Outputs> {
    const { runtime, enter, fillsOutputs } = this.#host;
    const { Tensor } = await runtime();
    const tensor = (dtype: DType, data: ArrayOf<DType>, shape: readonly number[]): Tensor =>
      dtype === "float64"
        ? new Tensor(dtype, data as Float64Array, shape)
        : new Tensor(dtype, data as Float32Array, shape);
    const tensors: Record<string, Tensor> = { ...fixed };
    for (const { name, shape, dtype } of program.inputs) tensors[name] = tensor(dtype, feeds[name], shape);
    const given = fillsOutputs ? into : undefined;
    const fetches = Object.fromEntries(
      program.outputs.map(({ name, shape, dtype }) => [name, given ? tensor(dtype, given[name], shape) : null]),
    );
    const results = await enter(() => session.run(tensors, fetches));
    return Object.fromEntries(
      program.outputs.map(({ name }) => {
        const data = results[name].data as ArrayOf<DType>;
        if (into === undefined || given !== undefined) return [name, data];
        into[name].set(data);
        return [name, into[name]];
      }),
    );
  }
}
