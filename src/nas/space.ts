// Search spaces: which architectures there are.

import { DatadamError } from "../errors.ts";
import { ACTIVATIONS, type ConvNetOptions, convnet, imageOptions, type Network, NORMS, POOLINGS } from "../nn/index.ts";
import type { Candidate, Choice, SearchSpace } from "./types.ts";

/** The paper's space: 720 ConvNets (DataDAM, Sajedi et al. 2023, its section on architecture search). */
const CONVNET_720: SearchSpace = {
  name: "convnet-720",
  axes: {
    depth: [1, 2, 3, 4],
    width: [32, 64, 128, 256],
    activation: ["sigmoid", "relu", "leaky_relu"],
    norm: ["none", "batch", "layer", "instance", "group"],
    pooling: ["none", "max", "average"],
  },
};

/** Spaces by name. */
export const spaces: Readonly<Record<string, SearchSpace>> = { "convnet-720": CONVNET_720 };

const WORDS: Readonly<Record<string, readonly string[]>> = {
  activation: ACTIVATIONS,
  norm: NORMS,
  pooling: POOLINGS,
};

/**
 * Checks a space read from a file: `{ "name": ..., "axes": { "depth": [1, 2], ... } }`.
 *
 * @param where names the file in messages.
 * @throws DatadamError `INVALID_OPTION` for an axis or a choice that `convnet` does not know, or a choice given twice.
 */
export function parseSpace(value: unknown, where: string): SearchSpace {
  const { name, axes } = (value ?? {}) as Partial<SearchSpace>;
  if (typeof name !== "string" || axes === null || typeof axes !== "object" || Object.keys(axes).length === 0) {
    throw new DatadamError("INVALID_OPTION", `${where} is not a search space: it needs a "name" and "axes"`, {
      hint: 'For example: {"name": "small", "axes": {"depth": [1, 2], "norm": ["none", "instance"]}}',
    });
  }
  for (const [axis, choices] of Object.entries(axes)) {
    if (!Array.isArray(choices) || choices.length === 0) {
      throw new DatadamError("INVALID_OPTION", `${where}: axis ${axis} needs a list of choices`);
    }
    for (const [i, choice] of choices.entries()) {
      if (isChoice(axis, choice) && choices.indexOf(choice) === i) continue;
      throw new DatadamError("INVALID_OPTION", `${where}: ${JSON.stringify(choice)} is not a choice of axis ${axis}`, {
        hint: `Axes: depth, width (positive integers), ${Object.entries(WORDS)
          .map(([key, words]) => `${key} (${words.join(", ")})`)
          .join(", ")}; each choice once.`,
      });
    }
  }
  return { name, axes };
}

function isChoice(axis: string, choice: unknown): choice is Choice {
  if (axis === "depth" || axis === "width") return Number.isSafeInteger(choice) && (choice as number) > 0;
  return WORDS[axis]?.includes(choice as string) ?? false;
}

/**
 * The part of a space where axes have only some of their choices.
 *
 * @throws DatadamError `INVALID_OPTION` for an axis or a choice that the space lacks.
 */
export function narrow(space: SearchSpace, filters: Readonly<Record<string, readonly Choice[]>>): SearchSpace {
  for (const [axis, wanted] of Object.entries(filters)) {
    const choices = space.axes[axis];
    const unknown = wanted.find((choice) => !choices?.includes(choice));
    if (choices === undefined || unknown !== undefined || wanted.length === 0) {
      throw new DatadamError(
        "INVALID_OPTION",
        choices === undefined
          ? `${space.name} has no axis ${axis}`
          : `${space.name} has no ${axis} ${JSON.stringify(unknown ?? "")}`,
        {
          hint:
            choices === undefined ? `Axes: ${Object.keys(space.axes).join(", ")}.` : `Choices: ${choices.join(", ")}.`,
        },
      );
    }
  }
  const axes = Object.entries(space.axes).map(([axis, choices]) => [
    axis,
    choices.filter((choice) => filters[axis]?.includes(choice) ?? true),
  ]);
  return { name: space.name, axes: Object.fromEntries(axes) };
}

/** All combinations; the last axis varies fastest. */
export function candidates({ axes }: SearchSpace): Candidate[] {
  const combinations = Object.entries(axes).reduce<Record<string, Choice>[]>(
    (partial, [axis, choices]) => partial.flatMap((chosen) => choices.map((choice) => ({ ...chosen, [axis]: choice }))),
    [{}],
  );
  return combinations.map((choices) => ({ id: Object.values(choices).join("-"), choices }));
}

/** What the images say of a network. */
export interface NetworkFacts {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classes: number;
}

/** @throws DatadamError `INVALID_OPTION` where the architecture does not fit the images. */
export function buildNetwork({ id, choices }: Candidate, { shape, classes }: NetworkFacts): Network {
  try {
    return convnet({ ...imageOptions(shape, classes), ...(choices as ConvNetOptions) });
  } catch (cause) {
    throw new DatadamError("INVALID_OPTION", `architecture ${id}: ${(cause as Error).message}`, {
      hint: "Narrow `axes` so that the search leaves it out.",
      cause,
    });
  }
}

/** Multiply-adds of one image's forward pass through the convolutions and the linear layer. */
export function multiplyAdds({ choices }: Candidate, { shape, classes }: NetworkFacts): number {
  const { depth = 3, width = 128, pooling = "average" } = choices as ConvNetOptions;
  let [inputs, rows, columns] = shape;
  // Padded to 32, as `convnet` does.
  if (rows === 28 && columns === 28) [rows, columns] = [32, 32];
  let total = 0;
  for (let block = 0; block < depth; block++) {
    total += 9 * inputs * width * rows * columns;
    inputs = width;
    if (pooling !== "none") [rows, columns] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  }
  return total + inputs * rows * columns * classes;
}
