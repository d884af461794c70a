// Ctrl-C once: stop tidily. Twice: at once. SIGTERM as the first Ctrl-C, for schedulers.
import { EXIT } from "./parse.js";
/** @param onEarly releases what is held, where a signal comes before there is anything to save. */
export function watchSignals(onEarly, onRequest) {
    const controller = new AbortController();
    let requested;
    let deferred = false;
    const leave = (signal) => process.exit(signal === "SIGTERM" ? EXIT.tryAgain : EXIT.interrupted);
    const handler = (signal) => {
        if (requested !== undefined)
            leave(signal);
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
//# sourceMappingURL=signals.js.map