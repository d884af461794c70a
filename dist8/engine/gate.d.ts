/** One thread's way into ONNX Runtime, seen from that thread and from the one that started it. */
export declare class Gate {
    #private;
    readonly memory: SharedArrayBuffer;
    constructor(memory?: SharedArrayBuffer);
    /** In the thread, one call at a time: runs `inside`, unless the gate is shut. */
    pass<T>(inside: () => Promise<T>): Promise<T>;
    /** From outside: lets nothing in any more. */
    shut(): void;
    /** From outside, blocking: waits until what is inside is done, at most `milliseconds`. */
    wait(milliseconds: number): void;
}
/** Makes the end of the process (`process.exit`, an uncaught error) wait for what is inside. Gives the way to undo it. */
export declare function holdExit(gate: Gate): () => void;
//# sourceMappingURL=gate.d.ts.map