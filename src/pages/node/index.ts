// What pages need of Node: their scripts and styles from the build, pictures by sharp.

export { assetsOf } from "./assets.ts";
export { serveWatch, USUAL_PORT, type WatchServer } from "./watch/server.ts";
export type { QueueView } from "./watch/watchedQueue.ts";
export { webp } from "./webp.ts";
