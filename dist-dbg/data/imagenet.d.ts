import type { Normalization } from "../images/types.ts";
import type { Layout } from "./layout.ts";
/** Of ImageNet's training images, as everyone uses them. */
export declare const IMAGENET_NORMALIZATION: Normalization;
/** A synset and its name. */
export type Synsets = Readonly<Record<string, string>>;
export declare const IMAGENETTE: Synsets;
export declare const IMAGEWOOF: Synsets;
/** The layout with names instead of synsets, where every class is a synset that has a name here. */
export declare function nameSynsets(layout: Layout): Layout;
//# sourceMappingURL=imagenet.d.ts.map