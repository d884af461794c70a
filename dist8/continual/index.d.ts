export { type AnswerOptions, answer } from "./answers.ts";
export { type Bound, condensedMemory, quota, type SetStore, streamedMemory } from "./memories.ts";
export { distiller, methods, selector } from "./methods.ts";
export { type ContinualMetrics, continualMetrics } from "./metrics.ts";
export { blurredStream, classSteps } from "./orders.ts";
export { type ReplayBatch, ReplayMemory, type ReplayMemoryOptions, type ReplayPolicy } from "./replay.ts";
export type { Answers, Condense, CondenseContext, Memory } from "./types.ts";
//# sourceMappingURL=index.d.ts.map