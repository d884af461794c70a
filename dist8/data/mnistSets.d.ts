import type { MnistLike } from "./mnist.ts";
type Split = "balanced" | "bymerge" | "byclass" | "letters" | "digits" | "mnist";
/** e.g. `emnist-letters`. */
export type EmnistName = `emnist-${Split}`;
/** By name. */
export declare const MNIST_SETS: Readonly<Record<"mnist" | "fashion-mnist" | "kmnist" | EmnistName, MnistLike>>;
export {};
//# sourceMappingURL=mnistSets.d.ts.map