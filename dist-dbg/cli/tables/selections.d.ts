import type { PreparedSet, SyntheticSet } from "../../images/types.ts";
import { type SelectMethod } from "../../select/index.ts";
import type { Ui } from "../ui.ts";
import type { Execution } from "./plan.ts";
/** What decides which images are chosen of a prepared set. */
export interface Selection {
    readonly method: SelectMethod;
    readonly ipc: number;
    readonly seed: number;
    readonly features?: "pixels" | "convnet";
}
export declare function choose(set: PreparedSet, selection: Selection, { workers, device }: Execution, { reporter }: Ui): Promise<SyntheticSet>;
//# sourceMappingURL=selections.d.ts.map