// What checkpoints of a job take on the disk: those that it will have kept at its end, written to memory.

import { memory } from "../../storage/index.ts";
import { openStates, type State } from "../folder/states.ts";
import type { PlanContext } from "./types.ts";

/** Of a job that is not watched while it is planned: an identity is as long as any other. */
const IDENTITY = "0".repeat(64);

/** How a job writes checkpoints. */
export interface Checkpoints {
  /** The state after a step. */
  readonly state: (step: number) => State;
  /** How many are kept. */
  readonly keep: number;
  /** The last step. */
  readonly last: number;
  /** Seconds that the steps take. */
  readonly seconds: number;
}

/** Adds the checkpoints of a job to its plan. */
export async function planCheckpoints(
  context: PlanContext,
  { state, keep, last, seconds }: Checkpoints,
): Promise<void> {
  const { steps, seconds: every } = context.checkpoint;
  const between = steps ?? Math.max(1, Math.floor((last * every) / Math.max(seconds, every)));
  const numbers = [last];
  for (let step = last - (last % between || between); step > 0 && numbers.length < keep; step -= between) {
    if (steps !== undefined || seconds > every) numbers.push(step);
    else break;
  }
  let bytes = 0;
  for (const number of numbers) bytes += await sizeOf(state(number), number);
  context.meter.add("checkpoints", numbers.length, "file", bytes);
}

/** The step of the newest checkpoint in a folder: 0 where there is none. */
export async function stepReached({ storage }: PlanContext, folder: string = "checkpoints"): Promise<number> {
  const numbers = (await storage.list(folder)).map((name) => Number(/^state-(\d+)\./.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function sizeOf(state: State, number: number): Promise<number> {
  const storage = memory();
  await openStates(storage, 1, "states").save(number, state, IDENTITY);
  const [name] = await storage.list("states");
  return (await storage.size(`states/${name}`))!;
}
