import { type ImageSet, type PreparedSet } from "../images/index.ts";
import type { DistillOptions, DistillRun } from "./types.ts";
/**
 * Distils `set` with DataDAM, or another `method`. Randomness is keyed by (seed, iteration, class): the same seed gives the same bytes with
 * any number of workers, in one go or resumed, all classes at once or in shards (where neither norm nor method couples them).
 *
 * @param set     prepared, or as bytes (then it is normalised, and whitened if the configuration says so).
 * @param options `ipc`, any other key of the configuration (default: the `paper` preset), and how to run.
 * @throws DatadamError `INVALID_OPTION` for a bad configuration (at once); others reject `result` and the iteration.
 */
export declare function distill(set: ImageSet | PreparedSet, options: DistillOptions): DistillRun;
//# sourceMappingURL=distill.d.ts.map