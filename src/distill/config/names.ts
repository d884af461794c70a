// What methods, presets and initial images may be called. Plain data: help needs neither schema nor engine.

import { type MethodName, methods } from "../methods/index.ts";
import { type PresetName, presets } from "./presets.ts";

export type { MethodName, PresetName };

/** The built-in methods. */
export const METHOD_NAMES = Object.keys(methods) as [MethodName, ...MethodName[]];

/** The published recipes, and `quick`. */
export const PRESET_NAMES = Object.keys(presets) as [PresetName, ...PresetName[]];

export { INITIALISERS, type InitName } from "./initialisers.ts";
