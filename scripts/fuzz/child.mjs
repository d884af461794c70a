// Reads one input after the other, as the parent asks, in a folder of its own that nothing but the input may be written to.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inputOf } from "./input.mjs";
import { targets } from "./targets.mjs";

const [root, seed] = process.argv.slice(2);
const folder = join(root, "work/target"); // watched is what is two above it
process.on("message", async ({ target, indices }) => {
  const results = [];
  for (const index of indices) {
    results.push({ ...(await attempt(target, index)), peak: process.resourceUsage().maxRSS * 1024 });
  }
  process.send({ results });
});
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error) => process.send({ outcome: event, message: String(error), stack: error?.stack }));
}
process.on("disconnect", () => {
  rmSync(root, { recursive: true, force: true });
  process.exit();
});
process.send({ outcome: "ready" });

async function attempt(target, index) {
  const bytes = inputOf(targets, target, seed, index);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let result;
  try {
    const value = await targets[target].read(bytes, folder);
    const wrong = check(value);
    result = wrong === undefined ? { outcome: "accepted" } : { outcome: "wrong", message: wrong };
  } catch (error) {
    const known = error?.name === "DatadamError";
    result = { outcome: known ? "refused" : "error", code: error?.code, message: String(error?.message ?? error) };
    if (!known) result.stack = error?.stack;
  }
  const stray = [...readdirSync(root), ...readdirSync(join(root, "work"))].filter(
    (name) => !/^(work|target)$/.test(name),
  );
  return stray.length === 0 ? result : { outcome: "wrote", message: `wrote ${stray.join(", ")}` };
}

/** What is wrong with what a reader gave, if anything. */
function check(value) {
  for (const set of [value.train, value.test].filter(Boolean)) {
    const { count, shape, labels, pixels, classNames } = set;
    if (labels.length !== count || pixels.length !== count * shape.reduce((a, b) => a * b)) return "sizes do not fit";
    if (labels.some((label) => label >= classNames.length)) return "a label without a class";
  }
  for (const { shape, data } of Array.isArray(value) ? value.filter((item) => item.shape) : []) {
    if (data.length !== shape.reduce((a, b) => a * b, 1)) return "an array that does not fit its shape";
  }
  return undefined;
}
