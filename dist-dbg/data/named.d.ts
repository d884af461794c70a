import type { TestedDataset } from "../images/types.ts";
import { type ImagenetSubset } from "./imagenetSubsets.ts";
import { type EmnistName } from "./mnistSets.ts";
import { type DatasetOptions } from "./options.ts";
/** The data sets that are known by name. All but `builtin` need `dir`. */
export type DatasetName = "builtin" | "cifar10" | "cifar100" | "mnist" | "fashion-mnist" | "kmnist" | EmnistName | "svhn" | "tiny-imagenet" | "imagenette" | "imagewoof" | "imagenet" | `imagenet:${ImagenetSubset}`;
/** A data set that is known by name. */
export interface NamedSet {
    /** What it is and where it comes from, in a line. */
    readonly about: string;
    /** How many training and test images it has as published, where that is always the same. */
    readonly counts?: readonly [train: number, test: number];
    readonly load: (options: DatasetOptions) => Promise<TestedDataset>;
    /** Whether it is made of image files, so that it takes `size` and `channels`. */
    readonly resizes?: true;
}
export declare const NAMED: Readonly<Record<DatasetName, NamedSet>>;
/** Whether `text` is the name of a known data set. */
export declare function isName(text: string): text is DatasetName;
//# sourceMappingURL=named.d.ts.map