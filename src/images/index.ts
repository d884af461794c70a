// Labelled images: from bytes to the normalised, possibly whitened space that networks see, and back.

export type { PrepareCache } from "./cache.ts";
export { classIndices, requireMembers, someOf } from "./classes.ts";
export { composeImages, expandImages, expandImagesAdjoint, expandSet } from "./expand.ts";
export { factorFault } from "./factor.ts";
export { requireSameKind, requireWhole, sameMatrices, samePreprocessing } from "./fit.ts";
export {
  checkIndex,
  gibibytes,
  type ImageSetOptions,
  imageSet,
  imageSize,
  inMemory,
  MAX_SET_BYTES,
  withLazyPixels,
} from "./imageSet.ts";
export { allocate, plainMultiply } from "./multiply.ts";
export { type PrepareOptions, type PrepareWithOptions, prepare, prepareWith, withMultiply } from "./prepare.ts";
export { areProbabilities, softmaxRows } from "./probabilities.ts";
export { reprepare } from "./reprepare.ts";
export { channelStatistics, setStatistics } from "./statistics.ts";
export { takeClasses, takeImages } from "./take.ts";
export { preprocessingFromTensors, preprocessingToTensors } from "./tensors.ts";
export type {
  Dataset,
  ImageSet,
  Normalization,
  PreparedSet,
  Preprocessing,
  SyntheticSet,
  TestedDataset,
  Zca,
} from "./types.ts";
export { unprepare } from "./unprepare.ts";
export { fitZca, type PrepareProgress, type PrepareStage } from "./zca.ts";
