// The plan of a training on a whole set: steps, checkpoints, the test, the parameters.

import type { PreparedSet } from "../../images/index.ts";
import type { Network } from "../../nn/index.ts";
import type { Protocol, TrainingState } from "../../train/types.ts";
import type { State } from "../folder/states.ts";
import { planCheckpoints, stepReached } from "./checkpoints.ts";
import { measureTest, measureTraining, stepsOf } from "./networks.ts";
import type { PlanContext } from "./types.ts";

/** What is trained. */
export interface TrainFacts {
  readonly prepared: PreparedSet;
  readonly test: PreparedSet;
  readonly network: Network;
  readonly protocol: Protocol;
  /** Checkpoints that are kept. */
  readonly keep: number;
  /** A state as a checkpoint holds it. */
  readonly stateOf: (state: TrainingState) => State;
  /** The file of parameters. */
  readonly fileOf: (state: TrainingState) => Uint8Array;
}

export async function planTraining(context: PlanContext, facts: TrainFacts): Promise<void> {
  const { meter, signal } = context;
  const { prepared, test, network, protocol, keep } = facts;
  const engine = await context.engine();
  const steps = Math.ceil(prepared.count / protocol.batch) * protocol.epochs;
  const done = Math.min(steps, await stepReached(context));
  const left = (stepsOf(prepared.count, protocol) * (steps - done)) / steps;
  let state: TrainingState | undefined;
  const { seconds } = await meter.phase("training", steps - done, "step", async () => {
    const found = await measureTraining(prepared, { network, protocol, engine }, { lanes: 1, left, signal });
    state = found.state;
    return { seconds: found.seconds, measured: found.steps };
  });
  await meter.phase("testing", test.count, "image", async () => {
    const found = await measureTest(test, { network, engine }, { lanes: 1, signal });
    return { seconds: found.seconds, measured: found.images };
  });
  if (state === undefined) return;
  const reached = state;
  const losses = (step: number): number[] => Array(Math.floor((step * protocol.epochs) / steps)).fill(Math.E);
  await planCheckpoints(context, {
    state: (step) => facts.stateOf({ ...reached, step, losses: losses(step) }),
    ...{ keep, last: steps, seconds },
  });
  meter.add("parameters", 1, "file", facts.fileOf(reached).length);
}
