// Removes the marks "has an install script" from package-lock.json; with --check, fails where there is one.
// `npm ci` runs the install scripts of marked packages only, so that none runs and nothing but packages is downloaded.
//
// `ignore-scripts` in .npmrc would do that too, but npm then skips `prepack`, and `npm pack` leaves out dist/.
// `allowScripts` in package.json is not enough: npm older than 11.16 does not know it.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
const marked = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);
if (process.argv.includes("--check")) {
  for (const [name] of marked) console.error(`package-lock.json: ${name} has an install script`);
  if (marked.length > 0) {
    console.error("error: npm ci would run install scripts. If the packages work without them: node scripts/lock.mjs");
    process.exitCode = 1;
  }
} else if (marked.length > 0) {
  for (const [, entry] of marked) delete entry.hasInstallScript;
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}
