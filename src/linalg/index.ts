// Linear algebra: matrix products in float32 and float64, matrix square roots.

export { type Roots, squareRoots } from "./matrixSqrt.ts";
export { multiplyOn, type ProductOptions, withMultiply } from "./multiply.ts";
export {
  allocate,
  fullProduct,
  mirror,
  multiplyInto,
  plainMultiply,
  symmetricProduct,
  transpose,
} from "./products.ts";
export { minimaxQuintic, type Quintic } from "./remez.ts";
export type { Matrix, Multiply } from "./types.ts";
