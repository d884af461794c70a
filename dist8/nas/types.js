// What an architecture search is made of, and what it finds.
export {};
//# sourceMappingURL=types.js.map