// File formats: arrays in and out of safetensors, npy, npz and .pt, in from IDX, .mat and pickles, tables in from CSV,
// pictures out as PNG.

export { concatBytes } from "../bytes.ts";
export { type CsvRow, type CsvSeparator, parseCsv } from "./csv.ts";
export { beginEventFile, type EventRecord, encodeEvent, eventRecords, type LoggedEvent } from "./eventFile.ts";
export { fromHalf, toHalf } from "./half.ts";
export { decodeIdx } from "./idx.ts";
export { type ImageGridOptions, imageGrid, type PixelGrid } from "./imageGrid.ts";
export { decodeMat } from "./mat.ts";
export { encodeNpy, type NpyArray, type NpyArrays, type NpyDType } from "./npy.ts";
export { decodeNpy, type NpyTexts } from "./npyReader.ts";
export { decodeNpz, encodeNpz, type NpzContents, readNpz } from "./npz.ts";
export { decodePickle } from "./pickle/pickle.ts";
export { decodePt } from "./pickle/pt.ts";
export { encodePt, type PtValue } from "./pickle/ptWriter.ts";
export { isNpyArray, type PickleValue } from "./pickle/values.ts";
export { type GridSection, type LabelledGridOptions, labelledGrid } from "./picture/labelledGrid.ts";
export { encodePng } from "./png.ts";
export {
  decodeSafetensors,
  decodeSafetensorsHeader,
  encodeSafetensors,
  type Tensor,
  type TensorArrays,
  type TensorDType,
  type TensorPlace,
} from "./safetensors.ts";
export { readZip, type ZipOptions } from "./zip.ts";
