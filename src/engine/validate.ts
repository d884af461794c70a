// Checks that a task has the arrays that its program needs, before a worker gets it.

import { sizeOf } from "../tensor/size.ts";
import type { ArrayOf, Binding, DType, Feeds, GradientTask, Program, Signature } from "./types.ts";

/** @throws TypeError for an array that is missing or of another type, RangeError for one of another size. */
export function checkFeeds(program: Program<DType>, feeds: Feeds<DType>, binding: Binding | undefined): void {
  for (const signature of program.inputs) check(program, signature, feeds[signature.name]);
  for (const signature of program.bound) check(program, signature, binding?.values[signature.name]);
}

function check(program: Program<DType>, { name, shape, dtype }: Signature, data: ArrayOf<DType> | undefined): void {
  const size = sizeOf(shape);
  if (data === undefined) throw new TypeError(`program ${program.name}: input "${name}" is missing`);
  if (data.length !== size) {
    throw new RangeError(
      `program ${program.name}: input "${name}" [${shape.join(", ")}] needs ${size} numbers, got ${data.length}`,
    );
  }
  if (8 * data.BYTES_PER_ELEMENT !== Number(dtype.slice("float".length))) {
    throw new TypeError(`program ${program.name}: input "${name}" is ${dtype}, got a ${data.constructor.name}`);
  }
}

/** @throws TypeError where an input is neither in shared memory nor in the batch, or an output has no offset. */
export function checkGradients({ program, state, runs, totals }: GradientTask): void {
  if (program.bound.length > 0) throw new TypeError(`program ${program.name}: bound inputs cannot be trained`);
  for (const run of runs) {
    for (const { name } of program.inputs) {
      if (state.offsets[name] === undefined && run[name] === undefined) {
        throw new TypeError(`program ${program.name}: input "${name}" is missing`);
      }
    }
  }
  for (const { name } of program.outputs) {
    if (totals.offsets[name] === undefined) {
      throw new TypeError(`program ${program.name}: output "${name}" has no offset`);
    }
  }
}
