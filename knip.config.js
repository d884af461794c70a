// What knip takes as used from outside: workers, scripts of pages, tests, scripts and benchmarks. It finds the package's public files
// and its program by package.json, in dist/ (`npm run build`) and from there in src/.
import { strict } from "./layout.config.mjs";

export default {
  entry: [
    "src/**/{worker,*Worker,measureProcess}.ts",
    "src/tab/{main,offline,work}.ts",
    "src/pages/browser/*.ts",
    "scripts/*.mjs",
    "scripts/fuzz/{child,planted,targets}.mjs",
    "scripts/mutants/faults.mjs",
    "layout.config.mjs",
    "scripts/oracle/draws.mjs",
    "bench/*.mjs",
    "test/**/*.test.ts",
    "examples/**/*.{ts,js,mjs}",
  ],
  project: ["src/**/*.ts", "test/**/*.ts", "examples/**/*.ts", "scripts/**/*.mjs", "bench/**/*.mjs", "*.mjs"],
  ignoreDependencies: ["publint"], // .ci/run
  ignoreBinaries: [
    "debootstrap",
    "kubectl",
    "mkfifo",
    "mount",
    "redis-server",
    "scancel",
    "strace",
    "umount",
    "unshare",
  ],
  // Types in a folder's list describe what its functions take and give: whether somebody names them is not asked.
  rules: { types: "off", ...(strict ? {} : { exports: "warn" }) },
};
