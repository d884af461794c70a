import type { DataFacts, FileFacts, Identity, Unit } from "./types.ts";
/** @throws DatadamError `INVALID_OPTION` where the configuration does not fit the images */
export declare function identify(unit: Unit, data: DataFacts, file: FileFacts | undefined): Identity;
/** The key of a record's content. */
export declare function keyOf({ set, evaluation }: Pick<Identity, "set" | "evaluation">): string;
//# sourceMappingURL=identity.d.ts.map