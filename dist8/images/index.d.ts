export type { PrepareCache } from "./cache.ts";
export { classIndices, requireMembers } from "./classes.ts";
export { checkIndex, type ImageSetOptions, imageSet, imageSize, inMemory } from "./imageSet.ts";
export { allocate, plainMultiply } from "./multiply.ts";
export { type PrepareOptions, type PrepareWithOptions, prepare, prepareWith, withMultiply } from "./prepare.ts";
export { areProbabilities, softmaxRows } from "./probabilities.ts";
export { reprepare } from "./reprepare.ts";
export { channelStatistics, setStatistics } from "./statistics.ts";
export { takeClasses, takeImages } from "./take.ts";
export { preprocessingFromTensors, preprocessingToTensors } from "./tensors.ts";
export type { Dataset, ImageSet, Normalization, PreparedSet, Preprocessing, SyntheticSet, TestedDataset, Zca, } from "./types.ts";
export { unprepare } from "./unprepare.ts";
export { fitZca, type PrepareProgress, type PrepareStage } from "./zca.ts";
//# sourceMappingURL=index.d.ts.map