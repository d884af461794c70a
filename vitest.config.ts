import type { ViteUserConfig } from "vitest/config";

/** Tests run the sources: "#engine" (package.json, "imports") is the one in src. */
const conditions = ["@datadam/source", "node", "module", "import", "default"];

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ["test/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, pool: "forks", maxWorkers: 2 },
};

export default config;
