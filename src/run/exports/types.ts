// What an export is made of.

/** Formats of one file of arrays. */
export const ARRAY_FORMATS = ["safetensors", "npz", "pt"] as const;

export type ArrayFormat = (typeof ARRAY_FORMATS)[number];

/** Files to write: paths below the place; empty for the place itself. */
export type ExportedFiles = Readonly<Record<string, Uint8Array>>;
