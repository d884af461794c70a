// The record of an architecture search.
export {};
//# sourceMappingURL=types.js.map