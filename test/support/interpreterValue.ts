// Arrays of the interpreter, and walking over their positions.

export interface NdValue {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Row-major place of a position. */
export function placeOf(shape: readonly number[], at: readonly number[]): number {
  return at.reduce((place, index, axis) => place * shape[axis] + index, 0);
}

/** Every position of `shape` in row-major order. */
export function* positions(shape: readonly number[]): Generator<number[]> {
  const at = shape.map(() => 0);
  for (let count = sizeOf(shape); count > 0; count--) {
    yield [...at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]++;
      if (at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
}
