// The seam between programs and what runs them. A back end sees ONNX bytes and typed arrays, nothing else.
export {};
//# sourceMappingURL=types.js.map