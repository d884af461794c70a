// What evaluating a small training set takes and gives.
export {};
//# sourceMappingURL=types.js.map