// Random numbers as an argument: counter-based keys and the streams that they name. No global state, no clock.
export { Key } from "./key.js";
export { philox4x32 } from "./philox.js";
export { Stream } from "./stream.js";
//# sourceMappingURL=index.js.map