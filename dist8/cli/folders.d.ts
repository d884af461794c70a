import { type Claim } from "../run/index.ts";
/** Reserves `out`, or `<stem>-<n>` with the first free n. */
export declare function claimRun(out: string | undefined, stem: string): Claim;
//# sourceMappingURL=folders.d.ts.map