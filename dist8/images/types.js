// Labelled images, and the maps between their bytes and the space that networks see.
export {};
//# sourceMappingURL=types.js.map