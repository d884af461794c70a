// Signals of a command that waits or works: the first asks it to stop.

import { Interrupted } from "../fail.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What is done until it ends or a signal comes. @throws Interrupted after a signal */
export async function untilSignal<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { also = [], onStop }: { readonly also?: readonly NodeJS.Signals[]; readonly onStop?: (name: string) => void } = {},
): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) onStop?.(signal);
    controller.abort(new Interrupted(signal));
  };
  const all = [...SIGNALS, ...also];
  for (const signal of all) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of all) process.off(signal, stop);
  }
}
