import type { Normalization } from "./types.ts";
/** What each byte becomes, a table a channel. */
export declare function byteTables({ mean, std }: Normalization): Float32Array[];
/** Normalises one image of `tables.length` channels of `area` pixels to `out[to]` on. */
export declare function normalizeImage(image: Uint8Array, area: number, tables: readonly Float32Array[], out: Float32Array, to: number): void;
/** The byte nearest to a normalised value: clamped to [0, 255], halves round up, NaN gives 0. */
export declare function toByte(value: number, mean: number, std: number): number;
/** @throws DatadamError `INVALID_DATA` unless there is a finite mean and a positive std for each channel. */
export declare function checkNormalization({ mean, std }: Normalization, channels: number, name: string): void;
//# sourceMappingURL=normalize.d.ts.map