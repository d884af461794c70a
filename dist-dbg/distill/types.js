// What a distillation takes, gives and can be resumed from.
export {};
//# sourceMappingURL=types.js.map