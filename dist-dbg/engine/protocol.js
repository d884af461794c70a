// Messages between the engine and its workers.
export {};
//# sourceMappingURL=protocol.js.map