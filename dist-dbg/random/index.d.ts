export { Key } from "./key.ts";
export { philox4x32 } from "./philox.ts";
export { Stream } from "./stream.ts";
//# sourceMappingURL=index.d.ts.map