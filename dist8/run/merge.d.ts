import type { SyntheticSet } from "../images/types.ts";
/**
 * Merges finished shards into a new run that can be evaluated, exported and, where the shards have their last checkpoints,
 * resumed. The shards' metrics stay with them.
 *
 * @param directories runs over disjoint classes that together cover all, with equal configuration, data and iteration.
 * @param out folder of the new run.
 * @throws DatadamError INVALID_OPTION where the shards do not fit together, naming what differs and where.
 */
export declare function mergeRuns(directories: readonly string[], out: string): SyntheticSet;
//# sourceMappingURL=merge.d.ts.map