import type { Device } from "../../engine/types.ts";
import { type Choice } from "../../nas/index.ts";
import type { SourceOptions } from "../../run/index.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface NasFlags extends CommonFlags, SourceOptions {
    readonly dataset?: string;
    readonly dataDir?: string;
    readonly workers?: number;
    readonly device?: Device;
    readonly out: string;
    readonly proxy: readonly string[];
    readonly space?: string;
    readonly subset?: readonly (readonly [axis: string, choices: readonly Choice[]])[];
    readonly maxMadds?: number;
    readonly sample?: number;
    readonly seed?: number;
    readonly ipc?: number;
    readonly epochs?: number;
    readonly batch?: number;
    readonly networks?: number;
    readonly validation?: number;
    readonly validationImages?: number;
    readonly halving?: number;
    readonly reference?: string;
    readonly referenceEpochs?: number;
    readonly referenceImages?: number;
    readonly retrainEpochs?: number;
    readonly retrainImages?: number;
    readonly top?: number;
}
export declare function nasCommand(flags: NasFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=nas.d.ts.map