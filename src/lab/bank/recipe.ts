// A bank that a distillation makes for itself: how long its networks are trained and how many draws they have, by the
// data set where it is not said.

import * as z from "zod";
import type { PresetName } from "../../distill/config/index.ts";
import type { ImageSet } from "../../images/types.ts";
import { networkKeys } from "../../nn/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import { sha256 } from "../folder/hash.ts";
import { type DataOptions, PLACE_KEYS } from "../inputs/data.ts";

const count = z.int().positive();

/** What a distillation trains first. */
export const recipeSchema = z.strictObject({
  path: z.string().min(1).optional().describe("Its folder, where it is found or made."),
  within: z
    .string()
    .min(1)
    .optional()
    .describe("A folder of such banks, where it is found by what it is, or made (default: in the run's own folder)."),
  networks: count.optional().describe("Networks to train (default: 2; plus-long: 4)."),
  passes: count
    .optional()
    .describe(
      "Images that a network sees while it is trained, from which its epochs follow (default: 600000; plus-long: " +
        "1000000).",
    ),
  epochs: count
    .optional()
    .describe("Epochs of training (default: by `passes`, between 10 and 50; up to 200 below 360 images)."),
  draws: count
    .optional()
    .describe("Batches of real images with each snapshot (default: 8; 4 above 20 classes, 2 above 100)."),
  images: count.optional().describe("Real images a class and draw (default: 250; 100 above 20 classes, 50 above 100)."),
  seed: z
    .int()
    .nonnegative()
    .optional()
    .describe("Names networks, batches and augmentations (default: 0, whatever the seed of the distillation)."),
});

const DEFAULTS = { networks: 2, passes: 600_000, seed: 0 } as const;

/** What a distillation trains first. */
export type BankRecipe = z.infer<typeof recipeSchema>;

/** The same once all follows from the data set. */
export interface SettledRecipe extends Required<Omit<BankRecipe, "path" | "within" | "passes">> {
  /** Epochs after which a network is kept. */
  readonly snapshots: readonly number[];
}

/** The recipes of presets that need trained networks. */
const RECIPES: Partial<Record<PresetName, z.input<typeof recipeSchema>>> = {
  plus: {},
  "plus-long": { networks: 4, passes: 1_000_000 },
};

/** Whether a preset trains networks first. */
export function trainsNetworks(preset: PresetName): boolean {
  return RECIPES[preset] !== undefined;
}

/** What a distillation trains first: as its preset says where it does not; undefined where neither does. */
export function completeRecipe(given: BankRecipe | undefined, preset: PresetName): BankRecipe | undefined {
  const usual = RECIPES[preset];
  if (usual === undefined && given === undefined) return undefined;
  return { ...DEFAULTS, ...usual, ...given };
}

/** More epochs gained nothing with so many images (docs/lab-notes/plus.md). Of fewer, a network sees as many. */
const ENOUGH = { epochs: 50, images: 360 } as const;
const MOST_EPOCHS = 200;

/** Snapshots of a network, besides those of its first epochs. */
const MOST_SNAPSHOTS = 20;

/** How its networks are trained. */
export const ENCODER_PROTOCOL = { name: "encoder", batch: 64 } as const;

/** What of a data set decides. */
type Facts = Pick<ImageSet, "count" | "classNames">;

/** What a recipe says of a data set. */
export function settleRecipe(recipe: BankRecipe, { count: images, classNames }: Facts): SettledRecipe {
  const classes = classNames.length;
  const few = classes <= 20 ? 0 : classes <= 100 ? 1 : 2;
  const { networks, passes, seed } = { ...DEFAULTS, ...recipe };
  const longest = Math.min(MOST_EPOCHS, Math.max(ENOUGH.epochs, Math.round((ENOUGH.epochs * ENOUGH.images) / images)));
  const epochs = recipe.epochs ?? Math.min(longest, Math.max(10, Math.round(passes / images)));
  return {
    ...{ networks, seed, epochs },
    draws: recipe.draws ?? [8, 4, 2][few]!,
    images: recipe.images ?? [250, 100, 50][few]!,
    snapshots: snapshotsOf(epochs),
  };
}

/** The beginning, thrice within the first interval, and at equal intervals to the end. */
function snapshotsOf(epochs: number): readonly number[] {
  const every = Math.ceil(epochs / MOST_SNAPSHOTS);
  const later = Array.from({ length: Math.floor(epochs / every) }, (_, i) => (i + 1) * every);
  return [...new Set([0, every / 4, every / 2, ...later, epochs])];
}

/** Keys of a method that decide networks; all else is kept side by side in one bank. */
const DECIDING: readonly string[] = ["arch", ...networkKeys, "zca", "zcaEps"];

/** A name for the folder of a bank: equal for distillations that can share it. */
export async function bankName({ fingerprint, data, method, seed, epochs, snapshots }: NamedBank): Promise<string> {
  const places: readonly string[] = PLACE_KEYS;
  const source = Object.entries(data).filter(([key]) => !places.includes(key));
  const network = Object.entries(method).filter(([key]) => DECIDING.includes(key));
  const images = { ...Object.fromEntries(source), fingerprint };
  const all = { data: images, network: Object.fromEntries(network), seed, epochs, snapshots };
  const hash = await sha256(canonicalJson(all));
  const name = (data.dataset.split(/[\\/]/).at(-1) ?? "").replaceAll(/[^A-Za-z0-9-]+/g, "-");
  return `${name || "bank"}-${hash.slice(0, 8)}`;
}

interface NamedBank extends Pick<SettledRecipe, "seed" | "epochs" | "snapshots"> {
  /** Of the images: a folder may hold others later. */
  readonly fingerprint: string;
  readonly data: DataOptions;
  readonly method: Readonly<Record<string, unknown>>;
}
