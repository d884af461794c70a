// What a run directory records.
export {};
//# sourceMappingURL=types.js.map