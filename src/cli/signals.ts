// Ctrl-C once: stop tidily. Twice: at once. SIGTERM as the first Ctrl-C, for schedulers.

import { EXIT } from "./parse.ts";

export interface SignalWatch {
  /** The signal that asked to stop, if one has. */
  readonly requested: NodeJS.Signals | undefined;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** From now on the first signal only asks; before, it calls `onEarly` and leaves at once. */
  deferFromNow(): void;
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
    dispose() {
      process.off("SIGINT", handler);
      process.off("SIGTERM", handler);
    },
  };
}
