import type { InferenceSession } from "onnxruntime-common";
import { DatadamError } from "../errors.ts";
import type { Device } from "./types.ts";
export declare function sessionOptions(device: Device): InferenceSession.SessionOptions;
/**
 * Images at once, with gradients and without. On a CPU 16 amortise what is done once for each weight gradient, and 4
 * keep a forward pass in a core's second-level cache (12 % faster than 16); a GPU wants whole batches.
 */
export declare function microBatches(device: Device): {
    gradient: number;
    forward: number;
};
/** Whether ONNX Runtime's message of a failed compilation says that the device lacks an operation. */
export declare function isUnsupported(cause: unknown): boolean;
/**
 * Turns ONNX Runtime's message of a failed compilation into what a user can act on.
 *
 * @param operation ONNX operator that the device lacks, where {@link isUnsupported} and known.
 */
export declare function compileError(device: Device, program: string, cause: unknown, operation?: string): DatadamError;
export declare function unavailable(device: Device, cause: unknown): DatadamError;
export interface BackendReport {
    readonly device: Device;
    readonly available: boolean;
    readonly detail: string;
}
/** Tries every device with a one-node program, each in a worker of its own. */
export declare function probeBackends(): Promise<BackendReport[]>;
//# sourceMappingURL=backends.d.ts.map