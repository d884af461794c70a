// File formats: arrays in and out of safetensors, npy, npz and .pt, in from IDX, .mat and pickles, tables in from CSV, pictures out as PNG.
export { parseCsv } from "./csv.js";
export { decodeIdx } from "./idx.js";
export { imageGrid } from "./imageGrid.js";
export { decodeMat } from "./mat.js";
export { decodeNpy, encodeNpy } from "./npy.js";
export { decodeNpz, encodeNpz } from "./npz.js";
export { decodePickle } from "./pickle.js";
export { isNpyArray } from "./pickleValues.js";
export { encodePng } from "./png.js";
export { decodePt } from "./pt.js";
export { encodePt } from "./ptWriter.js";
export { decodeSafetensors, encodeSafetensors, } from "./safetensors.js";
//# sourceMappingURL=index.js.map