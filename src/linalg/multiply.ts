// Who computes matrix products: an engine, or for little work plain TypeScript.

import { PLAIN_PRODUCTS, PRODUCT_WORKERS } from "../engine/costModel.ts";
import type { DType, Engine, Program } from "../engine/types.ts";
import { plainMultiply } from "./products.ts";
import type { Matrix, Multiply } from "./types.ts";

/**
 * Products on an engine. Each runs whole on one thread, so results are the same for any number of workers; callers
 * split large products into rows to use several. Operands over shared memory are not copied on the calling thread.
 *
 * @param engine on a CPU; others need not know float64.
 * @throws RangeError (as a rejection) for operands of other sizes.
 */
export function multiplyOn(engine: Engine): Multiply {
  const programs = new Map<string, Program<DType>>();
  return async <T extends Matrix>(a: T, b: T, m: number, k: number, n: number) => {
    if (a.length !== m * k || b.length !== n * k) {
      throw new RangeError(`operands of ${a.length} and ${b.length} numbers are not [${m}, ${k}] and [${n}, ${k}]`);
    }
    // Loaded when needed: who uses plain products only does without the ONNX writer.
    const { productProgram } = await import("./productProgram.ts");
    const dtype = a instanceof Float64Array ? "float64" : "float32";
    const key = `${dtype} ${m} ${k} ${n}`;
    const program = programs.get(key) ?? productProgram<DType>(dtype, m, k, n);
    programs.set(key, program);
    const { c } = await engine.run(program, { a, b });
    return c as T;
  };
}

export interface ProductOptions {
  /** Products to take, whatever the work. */
  readonly multiply?: Multiply | undefined;
  /** Where large work runs, if it is on a CPU. Default: on an engine made for the call. */
  readonly engine?: Engine | undefined;
  /** Threads of an engine that is made. Default: one per core, at most 8. */
  readonly workers?: number | undefined;
}

/**
 * Calls `use` with matrix products, for about `work` multiply-adds: those of an engine, or plain TypeScript where that
 * takes about a second.
 *
 * @throws what {@link Engine} and `use` throw.
 */
export async function withMultiply<T>(
  work: number,
  { multiply, engine, workers }: ProductOptions,
  use: (multiply: Multiply) => Promise<T>,
): Promise<T> {
  if (multiply !== undefined || work < PLAIN_PRODUCTS) return use(multiply ?? plainMultiply);
  if (engine?.device === "cpu") return use(multiplyOn(engine));
  const { createEngine } = await import("../engine/index.ts");
  const created = await createEngine({ workers, maxWorkers: PRODUCT_WORKERS });
  try {
    return await use(multiplyOn(created));
  } finally {
    await created.close();
  }
}
