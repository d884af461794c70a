// The memory of this process while something is measured.

import type { WatchMemory } from "../plan/types.ts";

/** Milliseconds between two looks. */
const EVERY = 20;

/** Looks often, and takes the system's own mark of the most where that has risen. */
export const watchMemory: WatchMemory = () => {
  const mark = (): number => process.resourceUsage().maxRSS * 1024;
  const before = mark();
  let most = process.memoryUsage.rss();
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, EVERY);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
    const after = mark();
    return after > before ? Math.max(most, after) : most;
  };
};
