// What a plot is made of.
export {};
//# sourceMappingURL=types.js.map