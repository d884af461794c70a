// The record of a continual learning experiment.
export {};
//# sourceMappingURL=types.js.map