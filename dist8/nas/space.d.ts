import { type Network } from "../nn/index.ts";
import type { Candidate, Choice, SearchSpace } from "./types.ts";
/** Spaces by name. */
export declare const spaces: Readonly<Record<string, SearchSpace>>;
/**
 * Checks a space read from a file: `{ "name": ..., "axes": { "depth": [1, 2], ... } }`.
 *
 * @param where names the file in messages.
 * @throws DatadamError `INVALID_OPTION` for an axis or a choice that `convnet` does not know, or a choice given twice.
 */
export declare function parseSpace(value: unknown, where: string): SearchSpace;
/**
 * The part of a space where axes have only some of their choices.
 *
 * @throws DatadamError `INVALID_OPTION` for an axis or a choice that the space lacks.
 */
export declare function narrow(space: SearchSpace, filters: Readonly<Record<string, readonly Choice[]>>): SearchSpace;
/** All combinations; the last axis varies fastest. */
export declare function candidates({ axes }: SearchSpace): Candidate[];
/** What the images say of a network. */
export interface NetworkFacts {
    readonly shape: readonly [channels: number, height: number, width: number];
    readonly classes: number;
}
/** @throws DatadamError `INVALID_OPTION` where the architecture does not fit the images. */
export declare function buildNetwork({ id, choices }: Candidate, { shape, classes }: NetworkFacts): Network;
/** Multiply-adds of one image's forward pass through the convolutions and the linear layer. */
export declare function multiplyAdds({ choices }: Candidate, { shape, classes }: NetworkFacts): number;
//# sourceMappingURL=space.d.ts.map