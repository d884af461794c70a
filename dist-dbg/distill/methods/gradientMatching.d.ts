import type { MakeMethod } from "../method.ts";
/** The outer loop is `rounds`; the inner loop, between two of them, trains the network by plain SGD. */
export declare const gradientMatching: MakeMethod;
//# sourceMappingURL=gradientMatching.d.ts.map