// The input of a number: a damaged file of a target.

import { mutate, random } from "./mutate.mjs";

/** @returns the bytes that the target's reader gets */
export function inputOf(targets, name, seed, index) {
  if (targets[name].numbered) return Buffer.from(String(index));
  const draw = random(`${seed}/${name}/${index}`);
  const { mend, wrap } = targets[name];
  const own = seedsOf(targets, name);
  // Spliced is another file of the target, now and then one of any target.
  const names = Object.keys(targets).filter((other) => !targets[other].big);
  const others = draw(4) > 0 ? own : seedsOf(targets, names[draw(names.length)]);
  let bytes = mutate(own[draw(own.length)], others[draw(others.length)], draw);
  if (mend !== undefined && draw(2) === 0) bytes = mend(Buffer.from(bytes));
  return wrap === undefined ? bytes : Buffer.from(wrap(bytes));
}

const kept = new Map();
function seedsOf(targets, name) {
  if (!kept.has(name)) kept.set(name, targets[name].seeds());
  return kept.get(name);
}
