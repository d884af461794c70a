// Reads one input after the other, as the parent asks, in a folder of its own that nothing but the input may be written
// to.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inputOf } from "./input.mjs";

const [root, seed, list, structured] = process.argv.slice(2);
const { targets } = await import(list);
const folder = join(root, "work/target"); // watched is what is two above it
process.on("message", async ({ target, indices }) => {
  const results = [];
  // Without numbers: the files that it starts from, as they are.
  const inputs = indices?.map((index) => () => inputOf(targets, target, seed, index, structured === "true"));
  for (const input of inputs ?? targets[target].seeds().map((bytes) => () => startOf(targets[target], bytes))) {
    results.push({ ...(await attempt(target, input())), peak: process.resourceUsage().maxRSS * 1024 });
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

function startOf({ wrap = (bytes) => bytes }, bytes) {
  return Buffer.from(wrap(bytes));
}

async function attempt(target, bytes) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let result;
  try {
    const value = await targets[target].read(bytes, folder);
    const wrong = check(value);
    result = wrong === undefined ? { outcome: "accepted" } : { outcome: "wrong", message: wrong };
  } catch (error) {
    const outcome = deniedIn(error) ? "wrote" : error?.name === "DatadamError" ? "refused" : "error";
    result = { outcome, code: error?.code, message: String(error?.message ?? error) };
    if (outcome !== "refused") result.stack = error?.stack;
  }
  const stray = [root, join(root, "work")].flatMap((place) => {
    const names = readdirSync(place).filter((name) => !/^(work|target)$/.test(name));
    for (const name of names) rmSync(join(place, name), { recursive: true }); // it is this input's alone
    return names;
  });
  return stray.length === 0 ? result : { outcome: "wrote", message: `wrote ${stray.join(", ")}` };
}

/** Whether a write outside the folder, which Node does not let happen, is what an error comes from. */
function deniedIn(error) {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.code === "ERR_ACCESS_DENIED") return true;
  return false;
}

/** What is wrong with what a reader gave, if anything. */
function check(value) {
  if (value === null || typeof value !== "object") return undefined;
  for (const set of [value.train, value.test].filter(Boolean)) {
    const { count, shape, labels, pixels, classNames } = set;
    if (labels.length !== count || pixels.length !== count * shape.reduce((a, b) => a * b)) return "sizes do not fit";
    if (labels.some((label) => label >= classNames.length)) return "a label without a class";
  }
  for (const { shape, data } of Array.isArray(value) ? value.filter((item) => item?.shape) : []) {
    if (data.length !== shape.reduce((a, b) => a * b, 1)) return "an array that does not fit its shape";
  }
  return undefined;
}
