import type { Engine, Program } from "../engine/types.ts";
import type { Protocol } from "../evaluate/types.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { Answers, Memory } from "./types.ts";
export interface AnswerOptions {
    /** Test images of all classes. */
    readonly test: PreparedSet;
    /** A network of so many classes. */
    readonly network: (classes: number) => Network;
    /** Its augmentation settled. */
    readonly protocol: Protocol;
    readonly key: Key;
    readonly engine: Engine;
    /** Shared between networks of equally many classes. */
    readonly programs?: Map<string, Program>;
    readonly signal?: AbortSignal | undefined;
    readonly onEpoch?: (epoch: number) => void;
}
/** Trains a fresh network on the memory (labels numbered by order of coming) and tests it on the images of the classes seen. */
export declare function answer(memory: Memory, { test, network, key, signal, ...options }: AnswerOptions): Promise<Answers>;
//# sourceMappingURL=answers.d.ts.map