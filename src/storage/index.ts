// Storage: where jobs keep their files. A claim says who may write.

export { aroundWrites } from "./aroundWrites.ts";
export { claim, holder, ownerTitle, systemClock } from "./claim.ts";
export { checkPath, memory } from "./memory.ts";
export { jsonLinesOf, jsonOf, textOf } from "./text.ts";
export type { Claim, ClaimOptions, Clock, Owner, Storage } from "./types.ts";
