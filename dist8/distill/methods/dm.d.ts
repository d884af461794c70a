import type { MakeMethod } from "../method.ts";
/** Class by class; with batch norm, all classes in one batch, as the paper's code does for networks that have it. */
export declare const dm: MakeMethod;
//# sourceMappingURL=dm.d.ts.map