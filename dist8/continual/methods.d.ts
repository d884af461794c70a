import { type DistillConfig } from "../distill/index.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Condense, CondenseContext } from "./types.ts";
/** A choice of `ipc` real images a class. */
type Select = (set: PreparedSet, ipc: number, seed: number, context: CondenseContext) => SyntheticSet | Promise<SyntheticSet>;
/** Makes a choice of real images known to the protocol by one line: `herding: selector(herding)`. */
export declare function selector(select: Select): Condense;
/** A distillation with some configuration. */
export declare function distiller(config: Partial<DistillConfig>): Condense;
/** All methods; distillers take `config`. */
export declare function methods(config?: Partial<DistillConfig>): Readonly<Record<string, Condense>>;
export {};
//# sourceMappingURL=methods.d.ts.map