// The images a distillation starts from.

import { DatadamError } from "../errors.ts";
import { classIndices, type PreparedSet } from "../images/index.ts";
import type { Key } from "../random/index.ts";
import type { SettledConfig } from "./config.ts";
import type { DistillState } from "./types.ts";

/**
 * The state before the first iteration. Each class draws from its own stream, so that a shard starts as the whole does.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer images than `ipc` (initialiser `real`).
 */
export function initialState(
  set: PreparedSet,
  config: SettledConfig,
  classes: readonly number[],
  key: Key,
): DistillState {
  const size = set.shape.reduce((product, extent) => product * extent, 1);
  const images = new Float32Array(classes.length * config.ipc * size);
  const members = classIndices(set.labels, set.classNames.length);
  for (const [position, c] of classes.entries()) {
    const part = images.subarray(position * config.ipc * size, (position + 1) * config.ipc * size);
    const stream = key.fold("initial", c).stream();
    if (config.init === "noise") {
      stream.fillNormal(part);
      continue;
    }
    if (members[c].length < config.ipc) {
      throw new DatadamError(
        "INVALID_DATA",
        `class "${set.classNames[c]}" of ${set.name} has ${members[c].length} images, fewer than ipc ${config.ipc}`,
        { hint: `Use --ipc ${Math.max(1, members[c].length)} or less, or --set init=noise.` },
      );
    }
    const picks = stream.sample(members[c].length, config.ipc);
    set.read(
      Array.from(picks, (pick) => members[c][pick]),
      part,
    );
  }
  return {
    iteration: 0,
    classes: [...classes],
    images,
    momentum: new Float32Array(images.length),
    ...(config.averaging === false ? {} : { average: images.slice() }),
  };
}
