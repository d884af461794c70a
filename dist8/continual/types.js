// What continual learning is made of here.
export {};
//# sourceMappingURL=types.js.map