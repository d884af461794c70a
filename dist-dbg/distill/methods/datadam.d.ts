import type { MakeMethod } from "../method.ts";
/** `scale * (attentionWeight * L_SAM + lambda * L_MMD)`, a fresh network each iteration. */
export declare const datadam: MakeMethod;
//# sourceMappingURL=datadam.d.ts.map