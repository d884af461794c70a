// Labelled images: from bytes to the normalised, possibly whitened space that networks see, and back.

export { assertSameImages, assertWholeSet, sameMatrices, samePreprocessing } from "./checks.ts";
export { classFolders, classIndices, classMembers, someOf } from "./classes.ts";
export { factorFault } from "./factor.ts";
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
export { type DatasetReport, inspectDataset, type SetReport } from "./inspect.ts";
export { downsample, expandImages, expandImagesAdjoint, expandSet } from "./multiFormation.ts";
export { type PrepareOptions, type PrepareWithOptions, prepare, prepareWith } from "./prepare.ts";
export { areProbabilities, softmaxRows } from "./probabilities.ts";
export { channelStatistics, setStatistics } from "./statistics.ts";
export { classStream, randomMembers, randomSubset, subset } from "./subset.ts";
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
export { isWholeEntry, type PrepareCache } from "./whitening/cache.ts";
export { reprepare } from "./whitening/reprepare.ts";
export { fitZca, type PrepareProgress, type PrepareStage } from "./whitening/zca.ts";
