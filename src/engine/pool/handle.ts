// One session host, seen from the thread that gives it tasks: what it has, and what it has not answered.

import type { Outputs, Reply, Request, Target } from "../protocol.ts";
import type { Binding, Device, DType, Program } from "../types.ts";
import { revive } from "./answer.ts";
import type { Channel, OpenChannel } from "./channel.ts";
import { Kept } from "./kept.ts";

export interface Task {
  /** What a worker must have compiled for it, if it runs a program. */
  readonly program: Program<DType> | undefined;
  readonly binding: Binding | undefined;
  readonly message: (id: number, target: Target) => Request;
  readonly resolve: (outputs: Outputs) => void;
  readonly reject: (error: Error) => void;
}

export class Handle {
  readonly #device: Device;
  readonly #channel: Channel;
  readonly #pending = new Map<number, Task>();
  readonly #programs = new Set<string>();
  readonly #kept: Kept;
  /** By binding, the programs that it compiles or lays out, or has. */
  readonly #compiled = new Map<string, Set<string>>();
  #next = 0;
  /** Why the worker takes no more tasks. */
  #ended: Error | undefined;

  /**
   * @param weightsMemory bytes that it may keep for bindings that return.
   * @param onFree called after each answer, and when the host has ended.
   */
  constructor(device: Device, open: OpenChannel, weightsMemory: number, onFree: () => void) {
    this.#device = device;
    this.#kept = new Kept(weightsMemory);
    this.#channel = open({
      onReply: (reply) => {
        this.#answer(reply);
        onFree();
      },
      onEnd: (error) => {
        this.#end(error);
        onFree();
      },
    });
  }

  /** Tasks that it has not answered. */
  get load(): number {
    return this.#pending.size;
  }

  /** Which bindings it keeps. */
  get kept(): Pick<Kept, "ids" | "statistics"> {
    return this.#kept;
  }

  /** Whether it has compiled what the task needs, if anything. */
  hasCompiled({ program, binding }: Task): boolean {
    if (program === undefined) return true;
    return this.#compiled.get(this.#bindingOf(binding))?.has(program.id) === true;
  }

  /** Only a CPU does something to programs for each binding. */
  #bindingOf(binding: Binding | undefined): string {
    return this.#device === "cpu" ? (binding?.id ?? "") : "";
  }

  take(task: Task): void {
    if (this.#ended !== undefined) {
      task.reject(this.#ended);
      return;
    }
    const id = this.#next++;
    const target = this.#target(task);
    this.#pending.set(id, task);
    this.#channel.hold(true);
    this.#channel.post(task.message(id, target));
  }

  #answer(reply: Reply): void {
    const task = this.#pending.get(reply.id);
    if (task === undefined) return; // closed
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#channel.hold(false);
    if ("error" in reply) task.reject(revive(reply.error));
    else {
      if (task.binding !== undefined) this.#kept.note(task.binding, reply.held ?? 0);
      task.resolve(reply.outputs);
    }
  }

  /** What the worker needs for the task and does not have; from then on it has it. */
  #target({ program, binding }: Task): Target {
    const id = program?.id ?? "";
    const missing = binding !== undefined && !this.#kept.has(binding);
    const target: Target = {
      program: id,
      ...(program === undefined || this.#programs.has(id) ? {} : { source: program }),
      ...(binding === undefined ? {} : { binding: binding.id }),
      ...(missing ? { values: binding.values } : {}),
    };
    this.#programs.add(id);
    for (const { id: dropped } of binding === undefined ? [] : this.#kept.visit(binding)) {
      this.#compiled.delete(dropped);
      this.#channel.post({ kind: "forget", binding: dropped });
    }
    const compiled = this.#compiled.get(this.#bindingOf(binding));
    if (compiled === undefined) this.#compiled.set(this.#bindingOf(binding), new Set([id]));
    else compiled.add(id);
    return target;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const task of this.#pending.values()) task.reject(this.#ended);
    this.#pending.clear();
  }

  /** Rejects at once what is not done. The host ends by itself, after the run that it is in. */
  async close(): Promise<void> {
    this.#end(new Error("engine: closed"));
    await this.#channel.close();
  }
}
