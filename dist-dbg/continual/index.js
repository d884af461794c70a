// Continual learning: what classes that come one after the other leave in a memory, and how well a network learns from it.
export { answer } from "./answers.js";
export { condensedMemory, quota, streamedMemory } from "./memories.js";
export { distiller, methods, selector } from "./methods.js";
export { continualMetrics } from "./metrics.js";
export { blurredStream, classSteps } from "./orders.js";
export { ReplayMemory } from "./replay.js";
//# sourceMappingURL=index.js.map