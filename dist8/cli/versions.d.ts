/** This package's version. */
export declare function version(): string;
/** Versions recorded with a run. */
export declare function versions(): Record<string, string>;
//# sourceMappingURL=versions.d.ts.map