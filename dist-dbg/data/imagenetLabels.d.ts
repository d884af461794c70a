/**
 * The synset of each validation image, in their order, from `ILSVRC2012_validation_ground_truth.txt`: a line an image, either its
 * synset or its `ILSVRC2012_ID` (1 to 1000). Numbers are looked up in `synsets.txt`, whose line i starts with the synset of
 * number i. That order is the kit's own, not the sorted one, which is refused for the 1000 classes.
 * @throws DatadamError DATASET_NOT_FOUND where a list is missing, INVALID_DATA with the line where one is wrong
 */
export declare function readGroundTruth(dir: string): Promise<string[]>;
//# sourceMappingURL=imagenetLabels.d.ts.map