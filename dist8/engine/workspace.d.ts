import type { DescentTask, Feeds, GradientTask, Signature } from "./types.ts";
import { Vectors } from "./vectors.ts";
/** Runs the program of a task once. */
export type Run = (feeds: Feeds, outputs: Feeds) => Promise<unknown>;
export declare class Workspaces {
    #private;
    gradients({ inputs, outputs }: {
        readonly inputs: readonly Signature[];
        readonly outputs: readonly Signature[];
    }, { state, version, batch, runs, totals, descent }: Omit<GradientTask, "program">, run: Run): Promise<void>;
    descend({ state, totals, descent, from, to }: DescentTask): void;
    get vectors(): Vectors;
}
//# sourceMappingURL=workspace.d.ts.map