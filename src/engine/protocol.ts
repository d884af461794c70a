// Messages between the engine and its workers.

import type { Device, Feeds, Program } from "./types.ts";

export interface WorkerSetup {
  readonly device: Device;
}

export type Request =
  | { readonly kind: "run"; readonly id: number; readonly program: string; readonly source?: Program; readonly feeds: Feeds }
  | {
      readonly kind: "sum";
      readonly id: number;
      readonly program: string;
      readonly source?: Program;
      readonly common: Feeds;
      readonly batches: readonly Feeds[];
    };

export type Reply =
  | { readonly id: number; readonly outputs: Record<string, Float32Array> }
  | { readonly id: number; readonly error: SerializedError };

export interface SerializedError {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}
