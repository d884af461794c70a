// The memory of this process: at most so far, and while something is measured.

import type { WatchMemory } from "../plan/types.ts";

/** Milliseconds between two looks. */
const EVERY = 20;

/** Bytes that this process has held at most, by the system's own mark. */
export const peakMemory = (): number => process.resourceUsage().maxRSS * 1024;

/** Looks often, and takes the system's own mark of the most where that has risen. */
export const watchMemory: WatchMemory = () => {
  const before = peakMemory();
  let most = process.memoryUsage.rss();
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, EVERY);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
    const after = peakMemory();
    return after > before ? Math.max(most, after) : most;
  };
};
