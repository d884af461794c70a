import { type Journal } from "./journal.ts";
/** Everything that decides an experiment's numbers: plain JSON. */
export type Plan = Readonly<Record<string, unknown>>;
/** A folder that this process may write, until {@link Experiment.close}. */
export interface Experiment {
    readonly folder: string;
    readonly journal: Journal;
    /** Whether there is anything from before. */
    readonly resumed: boolean;
    /** Writes a file of the folder whole. */
    write(name: string, content: string | Uint8Array): void;
    close(): void;
}
/**
 * Opens the folder of an experiment, which is made where it is missing; what an earlier process finished of the same plan is kept.
 *
 * @param plan is kept in `plan.json`.
 * @throws DatadamError RUN_EXISTS where the folder belongs to another plan, naming what differs; IO where another process writes it.
 */
export declare function openExperiment(directory: string, plan: Plan): Experiment;
//# sourceMappingURL=experiment.d.ts.map