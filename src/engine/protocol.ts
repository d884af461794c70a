// Messages between the engine and its workers.

import type { ArrayOf, DescentTask, Device, DType, Feeds, GradientTask, Program } from "./types.ts";

export interface WorkerSetup {
  readonly device: Device;
  /** See `Gate`. */
  readonly gate: SharedArrayBuffer;
}

/** Which session a request needs, with what the worker has not seen before. */
export interface Target {
  readonly program: string;
  readonly source?: Program<DType>;
  readonly binding?: string;
  readonly values?: Feeds;
}

export type Request =
  | { readonly kind: "run"; readonly id: number; readonly target: Target; readonly feeds: Feeds<DType> }
  | {
      readonly kind: "sum";
      readonly id: number;
      readonly target: Target;
      readonly common: Feeds;
      readonly batches: readonly Feeds[];
    }
  | {
      readonly kind: "gradients";
      readonly id: number;
      readonly target: Target;
      readonly task: Omit<GradientTask, "program">;
    }
  | { readonly kind: "descend"; readonly id: number; readonly task: DescentTask }
  /** Frees what is kept for a binding: the worker itself forgets none. Its values must come with its next use. */
  | { readonly kind: "forget"; readonly binding: string }
  /** Ends the thread when the running task is done; tasks that wait are dropped. */
  | { readonly kind: "close" };

export type Outputs = Record<string, ArrayOf<DType>>;

export type Reply =
  | {
      readonly id: number;
      readonly outputs: Outputs;
      /** What the worker keeps for the request's binding, in bytes. */
      readonly held: number | undefined;
    }
  | { readonly id: number; readonly error: SerializedError };

export interface SerializedError {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}
