// The public list. Rooms have their own: datadam/tensor, /engine, /random, /nn, /augment, /data, /formats, /nas,
// /continual, /statistics, /plots.

export { type DatasetName, type DatasetOptions, loadDataset } from "./data/index.ts";
export * from "./portable.ts";
export { readSyntheticSet, writeSyntheticSet } from "./run/index.ts";
