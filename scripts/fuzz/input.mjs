// The input of a number: a damaged file of a target.

import { mutate, random } from "./mutate.mjs";

/**
 * @param structured whether every input is hostile in structure, instead of half of them
 * @returns the bytes that the target's reader gets
 */
export function inputOf(targets, name, seed, index, structured = false) {
  if (targets[name].numbered) return Buffer.from(String(index));
  const draw = random(`${seed}/${name}/${index}`);
  const { mend, wrap, structure } = targets[name];
  const seeds = seedsOf(targets, name);
  // Half of the inputs are whole as bytes and hostile in structure, and few of them damaged too.
  if (structure !== undefined && (draw(2) === 0 || structured)) {
    const whole = structure(draw, seeds[draw(seeds.length)]);
    const bytes = draw(8) === 0 ? mutate(whole, whole, draw) : mend === undefined ? whole : mend(Buffer.from(whole));
    return wrap === undefined ? Buffer.from(bytes) : Buffer.from(wrap(bytes));
  }
  // Spliced is another file of the target, now and then one of any target.
  const names = Object.keys(targets).filter((other) => !targets[other].big);
  const others = draw(4) > 0 ? seeds : seedsOf(targets, names[draw(names.length)]);
  let bytes = mutate(seeds[draw(seeds.length)], others[draw(others.length)], draw);
  if (mend !== undefined && draw(2) === 0) bytes = mend(Buffer.from(bytes));
  return wrap === undefined ? bytes : Buffer.from(wrap(bytes));
}

const seedsByTarget = new Map();
function seedsOf(targets, name) {
  if (!seedsByTarget.has(name)) seedsByTarget.set(name, targets[name].seeds());
  return seedsByTarget.get(name);
}
