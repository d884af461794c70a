import type { Device } from "../../engine/types.ts";
import { type Norm } from "../../nn/index.ts";
import { type SourceOptions, type TrainingRecord } from "../../run/index.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface TrainFlags extends CommonFlags, SourceOptions {
    readonly dataset?: string;
    readonly dataDir?: string;
    readonly arch?: string;
    readonly norm?: Norm;
    readonly width?: number;
    readonly depth?: number;
    readonly protocol?: string;
    readonly epochs?: number;
    readonly batch?: number;
    readonly zca?: boolean;
    readonly seed?: number;
    readonly out?: string;
    readonly resume?: string;
    readonly checkpointEvery?: number;
    readonly workers?: number;
    readonly device?: Device;
}
/** `result.json` of a training. */
export interface TrainResult {
    /** Of the test images, in per cent. */
    readonly accuracy: number;
    readonly correct: number;
    /** Test images and training images. */
    readonly count: number;
    readonly images: number;
    readonly network: TrainingRecord["network"];
    readonly protocol: TrainingRecord["protocol"];
    readonly zca: TrainingRecord["zca"];
    readonly seed: number;
    readonly losses: readonly number[];
    readonly seconds: number;
    /** ISO time. */
    readonly created: string;
}
export declare function trainCommand(flags: TrainFlags, ui: Ui): Promise<void>;
/** Begins the training of a folder, goes on with it where it was stopped, or reads its result. */
export declare function finishTraining(folder: string, flags: TrainFlags, ui: Ui): Promise<TrainResult>;
//# sourceMappingURL=train.d.ts.map