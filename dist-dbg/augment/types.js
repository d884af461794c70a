// A drawn augmentation: plain parameters, to look at, to store, or to set by hand.
export {};
//# sourceMappingURL=types.js.map