import type { Binding, Engine, Feeds, Program } from "../engine/types.ts";
/** Runs of at most `most` that cover `0 .. count`. */
export declare function split(count: number, most: number): {
    start: number;
    length: number;
}[];
export interface MeansOptions {
    readonly engine: Engine;
    /** NCHW. */
    readonly images: Float32Array;
    /** Numbers an image. */
    readonly size: number;
    /** Images at once. */
    readonly most: number;
    /** Sums over `length` images (input `images`) what is asked for. */
    readonly program: (length: number) => Program;
    /** Its other inputs. */
    readonly common?: Feeds;
    readonly parameters: Binding;
}
/** What a program sums over images, as means over all of them. Sums are taken in one order, whatever the workers do. */
export declare function meansOverImages(options: MeansOptions): Promise<Record<string, Float32Array>>;
//# sourceMappingURL=batches.d.ts.map