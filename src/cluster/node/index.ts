// Plans on this machine, and on the engines that people keep.

export { agesIn } from "./age.ts";
export { enqueue, viewQueue, workQueue } from "./bullmq.ts";
export { runLocally } from "./local.ts";
export { machineType } from "./machine.ts";
export { enterFolder, folderFor, relativePlace } from "./place.ts";
