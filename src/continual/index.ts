// Continual learning: what classes that come one after the other leave in a memory, and what networks learn from it.

export { type AnswerOptions, answer } from "./answers.ts";
export type { Encoders } from "./encoders.ts";
export { type Bound, condensedMemory, type KeptSet, quota, type SetStore, streamedMemory } from "./memories.ts";
export { distiller, methods, selector } from "./methods.ts";
export { type ContinualMetrics, continualMetrics } from "./metrics.ts";
export { blurredStream, classSteps } from "./orders.ts";
export { continualPart, type PartOptions } from "./part.ts";
export { type ReplayBatch, ReplayMemory, type ReplayMemoryOptions, type ReplayPolicy } from "./replay.ts";
export { type StreamOptions, type StreamPoint, trainOnStream } from "./streamed.ts";
export type { Answers, Condense, CondenseContext, Memory } from "./types.ts";
