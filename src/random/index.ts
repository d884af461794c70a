// Random numbers as an argument: counter-based keys and the streams that they name. No global state, no clock.

export { Key } from "./key.ts";
export { philox4x32 } from "./philox.ts";
export { Stream } from "./stream.ts";
