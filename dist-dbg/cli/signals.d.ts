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
export declare function watchSignals(onEarly: () => void, onRequest: (signal: NodeJS.Signals) => void): SignalWatch;
//# sourceMappingURL=signals.d.ts.map