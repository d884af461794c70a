import type { Layout, Part } from "./layout.ts";
/**
 * Keeps `fraction` of each class (rounded, at least one image) for training and makes a test part of the rest (at least one image).
 * Which images, depends on the seed, the class's name and its number of images only. Both parts stay in order.
 * @throws DatadamError INVALID_DATA where a class has a single image
 */
export declare function splitClasses({ classNames, train }: Pick<Layout, "classNames" | "train">, fraction: number, seed: number): {
    train: Part;
    test: Part;
};
//# sourceMappingURL=split.d.ts.map