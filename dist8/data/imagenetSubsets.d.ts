import type { Layout } from "./layout.ts";
/** A subset of ImageNet-1K. */
export type ImagenetSubset = "nette" | "woof" | "fruit" | "yellow" | "meow" | "squawk";
/** What each is, and the numbers of its classes in their order. */
export declare const IMAGENET_SUBSETS: Readonly<Record<ImagenetSubset, readonly [about: string, classes: readonly number[]]>>;
/** The classes of a subset among all synsets, which are sorted. @throws DatadamError INVALID_DATA where they are not all there */
export declare function subsetOf(root: string, synsets: readonly string[], subset: ImagenetSubset): string[];
/** The layout with these classes only, in this order. */
export declare function pickClasses(layout: Layout, synsets: readonly string[]): Layout;
//# sourceMappingURL=imagenetSubsets.d.ts.map