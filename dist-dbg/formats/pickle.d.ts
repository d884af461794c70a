import { type PickleExtension, type PickleValue } from "./pickleValues.ts";
/**
 * Reads one pickle of protocol 0 to 5: numbers, text, bytes, lists, tuples, dicts and NumPy arrays of numbers. What follows its end
 * is not looked at. Nothing is ever run: a name other than those that make such values is refused. The result is a tree at most 64
 * deep (parts may be shared, cycles are refused), and arrays take no more than a few times the bytes of the pickle. Where it holds
 * `bytes` themselves, these are a view of the input.
 * @throws DatadamError INVALID_DATA where the pickle is damaged, asks for another name, or is not as above
 */
export declare function decodePickle(bytes: Uint8Array): PickleValue;
/** {@link decodePickle}, where the pickle may hold more, and with the byte behind its end. */
export declare function runPickle(bytes: Uint8Array, extension?: PickleExtension): {
    value: PickleValue;
    end: number;
};
//# sourceMappingURL=pickle.d.ts.map