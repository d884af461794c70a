// The disk as storage: folders, files that are whole or absent, and this process as their owner.

export { type Aside, openAside, placeFile, removeAside, sweepBeside } from "./aside.ts";
export { errno, ioError, readError } from "./errors.ts";
export { listFolder, makeFolder, readIfThere, readText, writeAtomic } from "./files.ts";
export { flush } from "./flush.ts";
export { folder } from "./folder.ts";
export { isAlive, thisProcess } from "./owner.ts";
export { storageAt } from "./place.ts";
export { oddKind, openRegular, readBoundedSync, readRegular, readRegularSync, unreadable } from "./regularFile.ts";
