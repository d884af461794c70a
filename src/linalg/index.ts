// Linear algebra in float64: matrix products, matrix square roots.

export { type Roots, squareRoots } from "./matrixSqrt.ts";
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
