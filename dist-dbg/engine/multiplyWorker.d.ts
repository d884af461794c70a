import type { Matrix } from "./types.ts";
/** What the pool posts. */
export interface MultiplyJob {
    readonly a: Matrix;
    readonly b: Matrix;
    readonly m: number;
    readonly k: number;
    readonly n: number;
}
/** What the worker posts back. */
export type MultiplyReply = {
    readonly result: Matrix;
} | {
    readonly error: string;
};
//# sourceMappingURL=multiplyWorker.d.ts.map