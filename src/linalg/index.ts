// Linear algebra: matrix products in float32 and float64, matrix square roots.

export { squareRoots } from "./matrixSqrt.ts";
export { multiplyOn, type ProductOptions, withMultiply } from "./multiply.ts";
export {
  allocate,
  mirror,
  multiplyInto,
  plainMultiply,
  symmetricProduct,
} from "./products.ts";
export type { Matrix, Multiply } from "./types.ts";
