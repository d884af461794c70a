// The state of a training as a checkpoint holds it.

import type { TrainingState } from "../../train/types.ts";
import type { State } from "../folder/states.ts";

/** Parts of a state, each a group of tensors by name. */
const PARTS = ["parameters", "buffers", "momentum"] as const;

/** @param more facts that the job keeps beside it. */
export function encodeTraining(state: TrainingState, more: Readonly<Record<string, unknown>> = {}): State {
  const { step, epochLoss, losses } = state;
  const tensors = PARTS.flatMap((part) =>
    Object.entries(state[part]).map(([name, { shape, data }]) => [`${part}/${name}`, { shape, data }] as const),
  );
  return { tensors: Object.fromEntries(tensors), facts: { step, epochLoss, losses, ...more } };
}

/** What {@link encodeTraining} made a checkpoint of. */
export function decodeTraining({ tensors, facts }: State): TrainingState {
  const { step, epochLoss, losses } = facts as unknown as TrainingState;
  const [parameters, buffers, momentum] = PARTS.map((part) =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(`${part}/`))
        .map(([name, array]) => [name.slice(part.length + 1), array]),
    ),
  );
  return { step, epochLoss, losses, parameters: parameters!, buffers: buffers!, momentum: momentum! };
}
