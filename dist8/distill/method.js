// What a method of distillation is to the loop: how it matches, and what happens to its network between two matches.
export {};
//# sourceMappingURL=method.js.map