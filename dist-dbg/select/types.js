// What a selection of real images takes.
export {};
//# sourceMappingURL=types.js.map