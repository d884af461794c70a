// The built-in methods: one line each.

export { datadam } from "./datadam.ts";
export { dc } from "./dc.ts";
export { dm } from "./dm.ts";
export { dsa } from "./dsa.ts";
