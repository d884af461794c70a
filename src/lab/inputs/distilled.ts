// A distillation as it is kept: its state as a checkpoint, its set with what it was made by.

import type { DistillState } from "../../distill/index.ts";
import { DatadamError } from "../../errors.ts";
import type { PreparedSet, SyntheticSet } from "../../images/index.ts";
import type { RunRecord } from "../../run/portable.ts";
import type { State } from "../folder/states.ts";

/** The set with what it was made by. */
export function withProvenance(
  set: SyntheticSet,
  record: RunRecord,
  iteration: number,
  iterations: number,
): SyntheticSet {
  const { preset, config, selection } = record;
  return {
    ...set,
    provenance: { ...(preset === null ? {} : { preset }), ...config, ...selection, iterations, iteration },
  };
}

/** A state as a checkpoint holds it. @param shape of one image */
export function tensorsOf(
  { iteration, classes, images, momentum, average, softLabels: soft }: DistillState,
  shape: PreparedSet["shape"],
): State {
  const of = (data: Float32Array): State["tensors"][string] => ({
    shape: [data.length / (shape[0] * shape[1] * shape[2]), ...shape],
    data,
  });
  return {
    tensors: {
      images: of(images),
      momentum: of(momentum),
      ...(average && { average: of(average) }),
      ...(soft && { softLabels: { shape: [soft.length], data: soft } }),
    },
    facts: { iteration, classes },
  };
}

/** What {@link tensorsOf} made a checkpoint of. @throws DatadamError INVALID_RUN */
export function stateOf({ tensors, facts }: State): DistillState {
  const { images, momentum, average, softLabels } = tensors;
  if (images === undefined || momentum === undefined) {
    throw new DatadamError("INVALID_RUN", "a checkpoint lacks the images or their momentum");
  }
  return {
    iteration: facts.iteration as number,
    classes: facts.classes as number[],
    images: images.data,
    momentum: momentum.data,
    ...(average && { average: average.data }),
    ...(softLabels && { softLabels: softLabels.data }),
  };
}
