import type { ImageSet, SyntheticSet } from "../images/types.ts";
import type { RunRecord } from "./types.ts";
/** JSON with sorted keys and no spaces: equal values give equal text. */
export declare function canonicalJson(value: unknown): string;
/** SHA-256 of a set's shape, labels and pixels, hexadecimal. */
export declare function fingerprint(set: ImageSet): string;
/** A configuration without the keys that change nothing: what hashes are made of. */
export declare function decisive(config: Readonly<Record<string, unknown>>): Record<string, unknown>;
/** What decides a run's numbers: configuration without the number of iterations, data, shard. */
export declare function configHash(record: RunRecord): string;
/** What tells one set of images from another: SHA-256 of its images and labels. */
export declare function setHash({ images, labels }: Pick<SyntheticSet, "images" | "labels">): string;
/** SHA-256 of several arrays in turn, hexadecimal. */
export declare function checksum(...arrays: readonly (ArrayBufferView | string)[]): string;
//# sourceMappingURL=hash.d.ts.map