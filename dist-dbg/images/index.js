// Labelled images: from bytes to the normalised, possibly whitened space that networks see, and back.
export { classIndices, requireMembers } from "./classes.js";
export { checkIndex, imageSet, imageSize, inMemory } from "./imageSet.js";
export { allocate, plainMultiply } from "./multiply.js";
export { prepare, prepareWith, withMultiply } from "./prepare.js";
export { areProbabilities, softmaxRows } from "./probabilities.js";
export { reprepare } from "./reprepare.js";
export { channelStatistics, setStatistics } from "./statistics.js";
export { takeClasses, takeImages } from "./take.js";
export { preprocessingFromTensors, preprocessingToTensors } from "./tensors.js";
export { unprepare } from "./unprepare.js";
export { fitZca } from "./zca.js";
//# sourceMappingURL=index.js.map