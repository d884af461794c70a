// Data sets in a browser: the built-in letters, and what a person gives to a page.

export { decodeLetters, LETTERS_BYTES } from "../sets/letters.ts";
export { decodePicture } from "./decodePicture.ts";
export { type GivenFile, openFiles } from "./files.ts";
export { type GivenOptions, readGiven } from "./given.ts";
