// Ctrl-C once: stop tidily. Twice: at once. SIGTERM as the first Ctrl-C, for schedulers.

import { Interrupted } from "./fail.ts";
import { EXIT } from "./parse.ts";
import type { Ui } from "./ui.ts";

export interface SignalWatch {
  /** The signal that asked to stop, if one has. */
  readonly requested: NodeJS.Signals | undefined;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** From now on the first signal only asks; before, it calls `onEarly` and leaves at once. */
  deferFromNow(): void;
  /** The same while `work` lasts, which is to stop when its signal is aborted. @throws Interrupted where it threw then */
  during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  dispose(): void;
}

/** @param onEarly releases what is held, where a signal comes before there is anything to save. */
export function watchSignals(onEarly: () => void, onRequest: (signal: NodeJS.Signals) => void): SignalWatch {
  const controller = new AbortController();
  let requested: NodeJS.Signals | undefined;
  let deferred = false;
  const leave = (signal: NodeJS.Signals): never =>
    process.exit(signal === "SIGTERM" ? EXIT.tryAgain : EXIT.interrupted);
  const handler = (signal: NodeJS.Signals): void => {
    if (requested !== undefined) leave(signal);
    requested = signal;
    if (!deferred) {
      onEarly();
      leave(signal);
    }
    controller.abort();
    onRequest(signal);
  };
  process.on("SIGINT", handler);
  process.on("SIGTERM", handler);
  return {
    get requested() {
      return requested;
    },
    signal: controller.signal,
    deferFromNow() {
      deferred = true;
    },
    async during(work) {
      deferred = true;
      try {
        return await work(controller.signal);
      } catch (error) {
        if (requested !== undefined) throw new Interrupted(requested);
        throw error;
      }
    },
    dispose() {
      process.off("SIGINT", handler);
      process.off("SIGTERM", handler);
    },
  };
}

/** Runs `work`, which has nothing to save, until a signal asks it to stop. @throws Interrupted */
export async function untilSignal<T>(
  { reporter }: Pick<Ui, "reporter">,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signals = watchSignals(
    () => {},
    (signal) => reporter.warn(`${signal}: stopping`),
  );
  try {
    return await signals.during(work);
  } finally {
    signals.dispose();
  }
}
