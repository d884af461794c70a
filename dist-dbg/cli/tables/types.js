// What a table is made of, between its file and its text.
export {};
//# sourceMappingURL=types.js.map