// `npx vite build`. Vite finds the engine's worker and its WebAssembly by itself.
export default {
  base: "./",
  build: { target: "es2022" },
  worker: { format: "es" },
  // While developing, packages stay as they are: Vite would lose the worker's address otherwise.
  optimizeDeps: { exclude: ["datadam", "onnxruntime-web"] },
  // An isolated page has memory that threads share, and so one worker for each core.
  server: {
    headers: {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
  },
};
