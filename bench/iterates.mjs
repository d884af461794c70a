// What the accuracy experiments share: files that a kill leaves whole, states of float arrays, and what is recorded of
// the machine.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

export function write(path, bytes) {
  writeFileSync(`${path}.tmp`, bytes);
  renameSync(`${path}.tmp`, path);
}

/** Tells on stderr, with the time. */
export const sayer = (name) => (message) =>
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${name}: ${message}\n`);

/** Float arrays of one length, one after the other. */
export function writeArrays(path, arrays) {
  write(path, Buffer.concat(arrays.map((array) => Buffer.from(array.buffer))));
}

/** The `count` arrays of {@link writeArrays}. */
export function readArrays(path, count) {
  const bytes = readFileSync(path);
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const size = all.length / count;
  return Array.from({ length: count }, (_, k) => all.slice(k * size, (k + 1) * size));
}

/** The words of a command line without the places of this machine, as a shell takes them. */
export function withoutPlaces(words) {
  const places = ["--data-dir", "--work", "--records"];
  return words
    .filter((word, i) => !places.includes(word) && !places.includes(words[i - 1]))
    .map((word) => (/^[\w.,=-]+$/.test(word) ? word : `'${word}'`));
}

export const machine = () => ({
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
});
