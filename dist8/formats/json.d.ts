/** The first key that some object of a (valid) JSON text holds twice, `undefined` where there is none. */
export declare function duplicateKey(json: string): string | undefined;
//# sourceMappingURL=json.d.ts.map