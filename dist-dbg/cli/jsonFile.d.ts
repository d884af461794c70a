/**
 * @param options.what before the path in the message where it cannot be read, e.g. `the configuration file`.
 * @param options.code of the error where it is no JSON.
 */
export declare function readJsonFile(path: string, { what, code }: {
    readonly what?: string;
    readonly code: "INVALID_OPTION" | "INVALID_DATA";
}): unknown;
//# sourceMappingURL=jsonFile.d.ts.map