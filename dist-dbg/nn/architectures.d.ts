import type { Activation, Norm, Pooling } from "./layers.ts";
export interface Architecture {
    /** Default width: channels of the first block (hidden units of `mlp`, token length of `vit`); later blocks follow it. */
    readonly width: number;
    /** Norms it can have, its default first. */
    readonly norms: readonly [Norm, ...Norm[]];
    /** Activation maps that attention can use; undefined: as many as its `depth`, which is an option. */
    readonly maps: number | undefined;
    /** Undefined: an option. */
    readonly activation: Activation | undefined;
    /** Undefined: an option. */
    readonly pooling: Pooling | undefined;
    /** Least height and width of its images, in pixels. */
    readonly smallest: number;
}
export type ArchitectureName = "convnet" | "alexnet" | "vgg11" | "vgg13" | "vgg16" | "resnet10" | "resnet18" | "resnet10ap" | "resnet18ap" | "lenet" | "mlp" | "vit";
/** All architectures by name. */
export declare const architectures: Readonly<Record<ArchitectureName, Architecture>>;
/** What is known of an architecture; undefined where there is none of that name. */
export declare function architectureOf(name: string): Architecture | undefined;
//# sourceMappingURL=architectures.d.ts.map