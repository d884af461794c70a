// The job that selects: real images of each class, chosen to stand for all, in the format of a distilled set.

import * as z from "zod";
import {
  checkPreset,
  type DistillConfig,
  jsonSchema,
  keysFor,
  type PresetName,
  parseConfig,
  presets,
  resolveConfig,
} from "../../distill/config/index.ts";
import { networkFor } from "../../evaluate/index.ts";
import type { ImageSet, SyntheticSet } from "../../images/index.ts";
import type { RunRecord, RunSelection } from "../../run/portable.ts";
import { SELECT_METHODS, type SelectMethod, type SelectOptions, select } from "../../select/index.ts";
import { checkRecord } from "../folder/record.ts";
import { completed } from "../inputs/completed.ts";
import { dataSchema, executionSchema, placeOf } from "../inputs/data.ts";
import { checkClasses, loadData, reloadData } from "../inputs/load.ts";
import { archSchema, networkOptions } from "../inputs/network.ts";
import { readNetwork, type TrainedNetwork } from "../inputs/parameters.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { keepPreprocessing, publishSet } from "../inputs/sets.ts";
import type { Context, Kind } from "../types.ts";

const network = z.strictObject({ arch: archSchema.optional(), ...networkOptions });

const input = z.strictObject({
  kind: z.literal("select"),
  data: dataSchema.prefault({}),
  method: z.looseObject({
    name: z.enum(SELECT_METHODS as [SelectMethod, ...SelectMethod[]]).describe("How images are chosen."),
    preset: z.string().optional(),
  }),
  features: z
    .union([z.literal("pixels"), archSchema, network])
    .default({})
    .describe("What is compared: `pixels`, or the last features of a network (default: convnet)."),
  parameters: z.string().min(1).optional().describe("A trained network's state_dict, for its features."),
  epochs: z.int().positive().optional().describe("Of training, for forgetting (default: 10)."),
  seed: z.int().nonnegative().default(0).describe("Seed of every random draw. Same seed, same bytes."),
  classes: z.array(z.int().nonnegative()).min(1).optional().describe("A shard: these classes only."),
  execution: executionSchema.optional(),
});

type Input = z.infer<typeof input>;
type JsonObject = { readonly properties?: Readonly<Record<string, unknown>> };

/** How images are chosen, with the settings that their whitening and the networks of a later evaluation follow. */
type SelectSettings = Readonly<Record<string, unknown>> & {
  readonly name: SelectMethod;
  readonly preset: PresetName;
  readonly ipc: number;
};

/** A selection as a value. */
export interface SelectJob extends Omit<Input, "method" | "features"> {
  readonly method: SelectSettings;
  readonly features: "pixels" | z.infer<typeof network>;
}

/** What a finished selection says of itself. */
export interface SelectResult {
  readonly images: number;
  readonly method: SelectMethod;
  readonly seconds: number;
}

export const selectKind: Kind<SelectJob, SelectResult> = {
  kind: "select",
  about: "Chooses real images of each class: a coreset, in the format of a distilled set.",
  schema: completed(input, settle),
  jsonSchema() {
    const schema = z.toJSONSchema(input, { io: "input" }) as JsonObject & { properties: Record<string, unknown> };
    const { properties } = jsonSchema() as JsonObject & { anyOf?: JsonObject[]; oneOf?: JsonObject[] };
    const { method: _, seed: __, init: ___, iterations: ____, $schema: _____, ...keys } = properties ?? {};
    const method = schema.properties.method as JsonObject;
    schema.properties.method = {
      ...method,
      properties: { ...method.properties, ...keys, preset: { enum: Object.keys(presets) } },
    };
    return schema;
  },
  free: [],
  run,
};

/** Fills in preset and defaults. @throws DatadamError INVALID_OPTION */
function settle({ method: { name, preset: named, ...settings }, features, ...job }: Input): SelectJob {
  const preset = checkPreset(named ?? (job.data.dataset === "builtin" ? "quick" : "paper"));
  const { method, seed: _, init: __, iterations: ___, ...all } = parseConfig({ ...recipeOf(preset), ...settings });
  const seen = typeof features === "string" && features !== "pixels" ? { arch: features } : features;
  return { ...job, method: { ...all, name, preset }, features: seen as SelectJob["features"] };
}

/** The settings of a preset, and the method that they are of. */
function recipeOf(preset: PresetName): Readonly<Record<string, unknown>> {
  const recipe: Readonly<Record<string, unknown>> = { ...presets[preset] };
  return keysFor(recipe.method, recipe);
}

/** The configuration that a selection records: that of a distillation which starts from it and does nothing. */
export function configOfSelection({ method: { name, preset, ...settings }, seed }: SelectJob): DistillConfig {
  const init = name === "random" ? "real" : name;
  return parseConfig({ method: recipeOf(preset).method, ...settings, seed, init, iterations: 0 });
}

async function run(context: Context<SelectJob>): Promise<SelectResult> {
  const { job, folder, note, signal, clock } = context;
  const began = clock.now();
  note(`loading ${job.data.dataset}`);
  const earlier = folder.record === undefined ? undefined : checkRecord(folder.record, folder.storage.name);
  const source = earlier
    ? await reloadData(earlier.dataset, placeOf(job.data), context)
    : await loadData(job.data, context);
  const { train } = source.dataset;
  const config = resolveConfig(configOfSelection(job), train);
  const classes = checkClasses(job.classes, train.classNames);
  const { features, trained } = await featuresOf(context, train);
  const prepared = await prepareSet(train, config, context);
  const chosen = await select(prepared, {
    method: job.method.name,
    ipc: config.ipc,
    seed: config.seed,
    features,
    parameters: trained?.parameters,
    epochs: job.epochs,
    classes: classes ?? undefined,
    engine: await context.engine(),
    signal,
    onProgress: ({ stage, done }) => context.progress({ stage, done, total: 1 }),
  });
  const record: RunRecord = {
    format: "datadam-run/1",
    preset: job.method.preset,
    seed: config.seed,
    config,
    dataset: source.description,
    classes,
    selection: selectionOf(chosen, trained),
    versions: context.versions,
    created: new Date(clock.now()).toISOString(),
  };
  await keepPreprocessing(folder.storage, chosen.preprocessing);
  await folder.begin(record);
  const { preset, selection } = record;
  await publishSet(folder, { ...chosen, provenance: { preset, ...config, ...selection, iteration: 0 } });
  return { images: chosen.labels.length, method: job.method.name, seconds: (clock.now() - began) / 1000 };
}

/** What images are compared by. */
interface Seen {
  readonly features: NonNullable<SelectOptions["features"]>;
  readonly trained: TrainedNetwork | undefined;
}

/** @throws DatadamError INVALID_OPTION, INVALID_DATA, IO */
async function featuresOf({ job, readers }: Context<SelectJob>, train: ImageSet): Promise<Seen> {
  const { features, parameters, method } = job;
  const choice = features === "pixels" ? {} : features;
  const { shape, classNames } = train;
  const trained =
    parameters === undefined ? undefined : await readNetwork(parameters, { shape, classNames, ...choice }, readers);
  if (features === "pixels") return { features, trained };
  if (method.name === "random") return { features: "convnet", trained };
  if (trained !== undefined) return { features: trained.network, trained };
  return { features: networkFor({ shape, classNames, provenance: {} }, choice), trained };
}

/** What the set says of how it was chosen, without what the configuration says. */
function selectionOf({ provenance }: SyntheticSet, trained: TrainedNetwork | undefined): RunSelection {
  const { method, features, featuresNetwork, epochs } = provenance as unknown as RunSelection;
  return { method, features, featuresNetwork, parameters: trained?.sha256, epochs };
}
