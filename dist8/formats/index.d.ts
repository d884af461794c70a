export { type CsvRow, parseCsv } from "./csv.ts";
export { decodeIdx } from "./idx.ts";
export { type ImageGridOptions, imageGrid, type PixelGrid } from "./imageGrid.ts";
export { decodeMat } from "./mat.ts";
export { decodeNpy, encodeNpy, type NpyArray, type NpyArrays, type NpyDType } from "./npy.ts";
export { decodeNpz, encodeNpz } from "./npz.ts";
export { decodePickle } from "./pickle.ts";
export { isNpyArray, type PickleValue } from "./pickleValues.ts";
export { encodePng } from "./png.ts";
export { decodePt } from "./pt.ts";
export { encodePt, type PtValue } from "./ptWriter.ts";
export { decodeSafetensors, encodeSafetensors, type Tensor, type TensorArrays, type TensorDType, } from "./safetensors.ts";
//# sourceMappingURL=index.d.ts.map