// The plan of a selection: choosing, by one or two of its classes, and the set.

import { imageSize, type PreparedSet, type SyntheticSet } from "../../images/index.ts";
import type { Network } from "../../nn/index.ts";
import { encodeSyntheticSet } from "../../run/portable.ts";
import { FORGETTING_EPOCHS, type SelectOptions, select } from "../../select/index.ts";
import { protocols } from "../../train/index.ts";
import { asWhitened, realImages } from "./images.ts";
import { project, timesOf } from "./meter.ts";
import { measureFit, measureTest } from "./networks.ts";
import type { PlanContext } from "./types.ts";

/** Images on which a training on all is measured. */
const SOME = 2048;

/** What is chosen. */
export interface SelectionFacts {
  /** Not whitened: it takes as long. */
  readonly prepared: PreparedSet;
  /** `eps` of their whitening. */
  readonly zca: number | false;
  /** The network of the features, or the one that forgets. */
  readonly network: Network;
  readonly options: Omit<SelectOptions, "classes" | "engine" | "signal" | "onProgress">;
  readonly classes: readonly number[];
  /** The result with what it was made by. */
  readonly resultOf: (set: SyntheticSet) => SyntheticSet;
}

export async function planSelection(context: PlanContext, facts: SelectionFacts): Promise<void> {
  const { meter, signal } = context;
  const { prepared, options, classes } = facts;
  const { method, ipc, factor = 1, seed } = options;
  const engine = await context.engine();
  const choose = (some: readonly number[]): Promise<SyntheticSet> =>
    select(prepared, { ...options, classes: some, engine, signal });
  let provenance: SyntheticSet["provenance"] = {};
  if (method === "forgetting") {
    await planForgetting(context, facts);
  } else {
    await meter.phase(`choosing by ${method}`, classes.length, "class", async () => {
      const times = await timesOf(classes, async (label) => {
        ({ provenance } = await choose([label]));
      });
      return { seconds: project(times, classes.length), measured: times.length };
    });
  }
  const whole = await select(prepared, { method: "random", ipc, factor, seed, classes });
  const set = facts.resultOf({ ...whole, provenance });
  meter.add("the set", set.labels.length, "image", encodeSyntheticSet(asWhitened(set, facts.zca)).length);
  meter.remark("The picture of the set comes on top.");
}

/** A network learns the whole set, and is asked for every image after each epoch. */
async function planForgetting(context: PlanContext, { prepared, network, options }: SelectionFacts): Promise<void> {
  const { meter, signal } = context;
  const { epochs = FORGETTING_EPOCHS } = options;
  const { count } = prepared;
  const engine = await context.engine();
  const protocol = { ...protocols.dm, epochs, augment: "none" } as const;
  // All images are held at once.
  meter.hold(4 * count * imageSize(prepared));
  await meter.phase("training", epochs, "epoch", async () => {
    const part = realImages(prepared, Math.min(SOME, count));
    const found = await measureFit(part, { network, protocol, engine }, { lanes: 1, signal });
    return { seconds: (count / part.labels.length) * found.seconds, measured: found.steps };
  });
  await meter.phase("asking for every image", epochs * count, "image", async () => {
    const found = await measureTest(prepared, { network, engine }, { lanes: 1, signal });
    return { seconds: epochs * found.seconds, measured: found.images };
  });
}
