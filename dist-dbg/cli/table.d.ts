import type { Evaluation } from "../evaluate/types.ts";
/** Rows under a header; the first column left, others right aligned. */
export declare function table(header: readonly string[], rows: readonly (readonly string[])[]): string;
/** Rows under a header as Markdown. */
export declare function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string;
/** Rows under a header as comma-separated values (RFC 4180). */
export declare function csvTable(header: readonly string[], rows: readonly (readonly string[])[]): string;
/** `30.8 ± 0.3 %`; without a spread for one network. */
export declare function accuracy({ mean, std, accuracies }: Evaluation): string;
//# sourceMappingURL=table.d.ts.map