import { type Experiment, type Plan } from "../run/index.ts";
import type { Ui } from "./ui.ts";
/** Opens the folder, works, and stops tidily on a signal: the same command goes on. */
export declare function runExperiment<T>(folder: string, plan: Plan, ui: Ui, work: (experiment: Experiment, signal: AbortSignal) => Promise<T>): Promise<T>;
/** The command as it was given, without the places of this machine. */
export declare function commandLine(words?: readonly string[]): string;
/** What times were measured on. */
export declare function machine(): Record<string, unknown>;
//# sourceMappingURL=experiment.d.ts.map