/** What a file holds and which configuration it belongs to, or why it cannot be read. */
export type StateReader<T> = (path: string, number: number) => {
    readonly state: T;
    readonly config: string;
} | string;
/** Writes `state-<number>.safetensors` and removes all but the `kept` up to it. */
export declare function writeState(folder: string, number: number, bytes: Uint8Array, kept?: number): void;
/**
 * The newest state that is whole, or undefined where there is none. Damaged ones are passed over with a warning.
 *
 * @throws DatadamError INVALID_RUN where all are damaged, or where one belongs to another configuration than `hash`.
 */
export declare function readNewestState<T>(folder: string, hash: string, read: StateReader<T>, warn?: (message: string) => void): T | undefined;
//# sourceMappingURL=states.d.ts.map