import type { Engine } from "../engine/types.ts";
import type { Dataset, PreparedSet, SyntheticSet } from "../images/types.ts";
import { type Run } from "../run/index.ts";
import type { SignalWatch } from "./signals.ts";
import type { Ui } from "./ui.ts";
export interface DriveOptions {
    readonly run: Run;
    readonly prepared: PreparedSet;
    readonly engine: Engine;
    readonly ui: Ui;
    readonly signals: SignalWatch;
    /** Iterations between checkpoints. Default: about 30 seconds. */
    readonly checkpointEvery?: number;
    /** Another number of iterations than the run's. */
    readonly iterations?: number;
}
export interface DriveOutcome {
    readonly run: Run;
    readonly set: SyntheticSet;
    readonly iteration: number;
    readonly iterations: number;
    /** Of the last iteration; undefined where none was left to do. */
    readonly loss: number | undefined;
    readonly seconds: number;
}
export interface DistillOutcome extends DriveOutcome {
    readonly dataset: Dataset;
    readonly prepared: PreparedSet;
}
export declare function driveRun(options: DriveOptions): Promise<DriveOutcome>;
//# sourceMappingURL=session.d.ts.map