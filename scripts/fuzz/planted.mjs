// Readers with a fault each, to see that the fuzzer finds it, and at which input. Each comes in the middle of a batch.

import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The input, of the first batch, at which the fault is. */
const AT = 7;

/** A reader that is at fault where the bytes, which are the number of the input, say so. */
function at(kind, fault) {
  return { kind, read: (bytes, folder) => (bytes.toString() === String(AT) ? fault(folder) : []) };
}

class Refused extends Error {
  name = "DatadamError";
}

const faults = {
  hang: at("hang", () => { for (;;); }), // biome-ignore format: short
  waits: at("hang", () => new Promise(() => {})),
  crash: at("crash", () => process.abort()),
  exit: at("crash", () => process.exit(0)),
  heap: at("crash", fillHeap),
  memory: at("memory", takeMemory),
  thrown: at("error", () => JSON.parse("{")),
  later: at("uncaughtException", () => new Promise(() => void setImmediate(() => { throw new Error("thrown later"); }))), // biome-ignore format: short
  rejected: at("unhandledRejection", async () => { void Promise.reject(new Error("nobody waits")); await new Promise((done) => setTimeout(done, 20)); return []; }), // biome-ignore format: short
  "writes-beside": at("wrote", (folder) => writeFileSync(join(folder, "../beside"), "x")),
  "writes-temporary": at("wrote", () => writeFileSync(join(tmpdir(), "stray"), "x")),
  "writes-far": at("wrote", (folder) => writeFileSync(join(dirname(folder), "../../far"), "x")),
  "writes-and-tells": at("wrote", writeFar),
  "wrong-sizes": at("wrong", () => [{ shape: [2, 2], data: [1] }]),
  "wrong-label": at("wrong", () => ({ train: { count: 1, shape: [1, 1, 1], labels: [5], pixels: [0], classNames: ["a"] } })), // biome-ignore format: short
};

export const targets = {
  ...Object.fromEntries(
    Object.entries(faults).map(([name, { read }]) => [
      name,
      { seeds: () => [Buffer.from("start")], numbered: true, read },
    ]),
  ),
  sound: { seeds: () => [Buffer.from("start")], numbered: true, read: () => [] },
  refuses: { seeds: () => [Buffer.from("start")], numbered: true, read: acceptStart },
};

/** What of the planted faults is not among the findings, at its input and of its kind, and what else is. */
export function missed(findings, names) {
  const chosen = Object.entries(faults).filter(([name]) => names.includes(name));
  const wanted = chosen.map(([name, { kind }]) => `${name}: ${kind} at input ${AT}, times 1`);
  const found = findings.map(
    ({ target, kind, index, times }) => `${target}: ${kind} at input ${index}, times ${times}`,
  );
  const more = found.filter((what) => !wanted.includes(what)).map((what) => `that nothing else is wrong, but ${what}`);
  return [...wanted.filter((what) => !found.includes(what)), ...more];
}

function acceptStart(bytes) {
  if (bytes.toString() === "start") return [];
  throw new Refused("no");
}

function takeMemory() {
  const bytes = new Uint8Array(1.1 * 2 ** 30);
  for (let at = 0; at < bytes.length; at += 4096) bytes[at] = 1;
  return [];
}

function writeFar(folder) {
  try {
    writeFileSync(join(folder, "../../../far"), "x");
  } catch (cause) {
    throw new Refused("it cannot be made", { cause });
  }
}

function fillHeap() {
  const arrays = [];
  for (;;) arrays.push(new Array(1e5).fill(arrays.length));
}
