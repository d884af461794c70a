// Which files are tests, and how many run at once. TEST_REPORT names a file for a report in JSON beside the printed one.
import type { ViteUserConfig } from "vitest/config";

const report = process.env.TEST_REPORT;
/** Tests run the sources: "#engine" (package.json, "imports") is the one in src. */
const conditions = ["@datadam/source", "node", "module", "import", "default"];

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
};

export default config;
