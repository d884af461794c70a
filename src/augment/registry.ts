// Operations by name, and the types that follow from their list.

import type { Operation } from "./operation.ts";
import * as list from "./operations/index.ts";

type List = typeof list;

/** The name of an operation. */
export type AugmentOperation = keyof List;

type ParametersOf<Name extends AugmentOperation> = List[Name] extends { draw(context: never): infer Parameters }
  ? Parameters & object
  : never;

/** All operations by name. Something of another form in the list does not compile. */
export const operations: { readonly [Name in AugmentOperation]: Operation<ParametersOf<Name>> } = { ...list };

/** Names of all operations. */
export const AUGMENT_OPERATIONS = Object.keys(operations) as readonly AugmentOperation[];

/**
 * A drawn operation: its name and its parameters, plain data to look at, to store, or to set by hand. Every array holds
 * one value (shared by all images) or one value an image.
 */
export type AugmentStep = {
  [Name in AugmentOperation]: { readonly operation: Name } & ParametersOf<Name>;
}[AugmentOperation];

/** Operations in the order of their application, for images of one size. */
export interface Augmentation {
  readonly height: number;
  readonly width: number;
  /** Images that it is drawn for, each with its own parameters; `undefined`: siamese, any number of images. */
  readonly count: number | undefined;
  readonly steps: readonly AugmentStep[];
}

/** The operation of a step, whose parameters are the step's own. */
export function operationOf({ operation }: AugmentStep): Operation<AugmentStep> {
  return operations[operation] as Operation<AugmentStep>;
}
