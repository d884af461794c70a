/** Exit codes of the command line. */
export declare const EXIT: {
    readonly ok: 0;
    readonly failure: 1;
    readonly usage: 2;
    readonly tryAgain: 75;
    readonly interrupted: 130;
};
/** A parser of whole numbers from `least` up. */
export declare function integer(least: number): (text: string) => number;
/** Grey or colour. */
export declare function channelCount(text: string): 1 | 3;
/** A number strictly between 0 and 1. */
export declare function fraction(text: string): number;
/** A number of 0 or more. */
export declare function share(text: string): number;
/** `a,b` as its words, each once; where `known` is given, of these alone. */
export declare function nameList<Name extends string>(known?: readonly Name[]): (text: string) => Name[];
/** A number above 0. */
export declare function positive(text: string): number;
/** `0-4,7` as ascending class indices. */
export declare function classList(text: string): number[];
/** Collects `--set key=value` into pairs. */
export declare function assignment(text: string, earlier?: readonly [string, unknown][]): [string, unknown][];
/** Collects `--vary key=a,b,[0,1]` into keys with their values; commas in brackets are part of a value. */
export declare function variation(text: string, earlier?: readonly (readonly [string, readonly unknown[]])[]): (readonly [string, readonly unknown[]])[];
/** Collects a repeatable option. */
export declare function names(text: string, earlier?: readonly string[]): string[];
/** Collects words separated by commas. */
export declare function wordList(text: string): string[];
/** Collects `--subset axis=a,b` into pairs of an axis and its choices. */
export declare function choices(text: string, earlier?: readonly [string, (string | number)[]][]): [string, (string | number)[]][];
/** A value written as text: JSON where it is some (`64`, `false`, `[0,1]`), else the text itself. */
export declare function plainValue(text: string): unknown;
//# sourceMappingURL=parse.d.ts.map