// File formats: arrays in and out of safetensors, npy and npz, pictures out as PNG, tables in from CSV.

export { type CsvRow, parseCsv } from "./csv.ts";
export { type ImageGridOptions, imageGrid, type PixelGrid } from "./imageGrid.ts";
export { decodeNpy, encodeNpy, type NpyArray, type NpyArrays, type NpyDType } from "./npy.ts";
export { decodeNpz, encodeNpz } from "./npz.ts";
export { encodePng } from "./png.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorArrays,
  type TensorDType,
} from "./safetensors.ts";
