import type { AttributeValue, Emitter } from "./emitter.ts";
/** Adds `Conv(x, w)` of one group, from `inputs` channels to `outputs`. */
export declare function emitConv(emitter: Emitter, [x, w]: readonly string[], outputs: number, inputs: number, attributes: Readonly<Record<string, AttributeValue>>): string;
//# sourceMappingURL=emitConv.d.ts.map