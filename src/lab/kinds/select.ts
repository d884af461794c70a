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
  type ResolvedConfig,
  resolveConfig,
} from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { networkFor } from "../../evaluate/index.ts";
import { type ImageSet, type PreparedSet, prepare, type SyntheticSet } from "../../images/index.ts";
import type { Network } from "../../nn/index.ts";
import type { RunDataset, RunRecord, RunSelection } from "../../run/portable.ts";
import { SELECT_METHODS, type SelectMethod, type SelectOptions, select } from "../../select/index.ts";
import { type Bank, openBank } from "../bank/bank.ts";
import { mostTrained } from "../bank/features.ts";
import { checkRecord } from "../folder/record.ts";
import { completed } from "../inputs/completed.ts";
import { dataSchema, executionSchema, placeOf } from "../inputs/data.ts";
import { checkClasses, loadData, reloadData } from "../inputs/load.ts";
import { refuseKeys } from "../inputs/method.ts";
import { archSchema, networkOptions } from "../inputs/network.ts";
import { readNetwork, type TrainedNetwork } from "../inputs/parameters.ts";
import { prepareSet } from "../inputs/prepare.ts";
import { keepPreprocessing, publishSet } from "../inputs/sets.ts";
import { planLoading, planWhitening } from "../plan/images.ts";
import { planSelection } from "../plan/select.ts";
import type { PlanContext } from "../plan/types.ts";
import type { Context, Kind } from "../types.ts";
import { choosingProgress } from "./choosing.ts";
import { bankImages, dataOf } from "./distill/images.ts";

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
  bank: z
    .string()
    .min(1)
    .optional()
    .describe("A bank, whose most trained network gives the features; `data` is then the bank's by default."),
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
  plan,
  run,
};

async function plan(context: PlanContext<SelectJob>): Promise<void> {
  const { job, readers } = context;
  const bank = job.bank === undefined ? undefined : await openBank(readers.storage(job.bank));
  const { dataset } = await planLoading(context, bank === undefined ? job.data : dataOf(job, bank), false);
  const { train } = dataset;
  const config = resolveConfig(configOfSelection(job), train);
  if (bank !== undefined) requireSpace(bank, config);
  const classes = checkClasses(job.classes, train.classNames) ?? [...train.classNames.keys()];
  const trained = bank && (await mostTrained(bank));
  const seen: Seen = trained ? { features: trained.network, trained } : await featuresOf(context, train);
  const zca = config.zca && config.zcaEps;
  if (zca !== false) {
    const { count } = train;
    await planWhitening(context, { train, eps: zca, fitted: bank === undefined, count, kept: true });
  }
  const { shape, classNames } = train;
  const { features } = seen;
  const named = typeof features === "string" ? { arch: features === "pixels" ? undefined : features } : undefined;
  await planSelection(context, {
    ...{ prepared: await prepare(train, { zca: false }), zca, classes },
    network: named === undefined ? (features as Network) : networkFor({ shape, classNames, provenance: {} }, named),
    options: optionsOf(job, config, seen),
    resultOf: (set) => withProvenance(set, job, config, selectionOf(set, seen.trained)),
  });
}

/** Fills in preset and defaults. @throws DatadamError INVALID_OPTION */
function settle({ method: { name, preset: named, ...settings }, features, ...job }: Input): SelectJob {
  refuseKeys(settings, ["seed", "init", "iterations"]);
  const builtin = job.data.dataset === "builtin" && job.bank === undefined;
  const preset = checkPreset(named ?? (builtin ? "quick" : "paper"));
  const { method, seed: _, init: __, iterations: ___, ...all } = parseConfig({ ...recipeOf(preset), ...settings });
  const seen = typeof features === "string" && features !== "pixels" ? { arch: features } : features;
  if (job.bank !== undefined) requireFeatures(name, seen, job.parameters);
  return { ...job, method: { ...all, name, preset }, features: seen as SelectJob["features"] };
}

/** @throws DatadamError INVALID_OPTION where a bank has no use */
function requireFeatures(name: SelectMethod, features: object | string, parameters: string | undefined): void {
  const fail = (message: string, hint: string): never => {
    throw new DatadamError("INVALID_OPTION", message, { hint });
  };
  if (name === "random" || name === "forgetting") {
    fail(`\`bank\`: ${name} does not compare features`, "Use herding, k-center or k-means, or leave out the bank.");
  }
  if (typeof features === "string" || Object.keys(features).length > 0 || parameters !== undefined) {
    fail("`bank`: its network is the one whose features are compared", "Leave out `features` and `parameters`.");
  }
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
  const { job, folder, signal, clock } = context;
  const began = clock.now();
  const { prepared, description, config, features, trained } =
    job.bank === undefined ? await sourceOf(context) : await bankSource(context, job.bank);
  const classes = checkClasses(job.classes, prepared.classNames);
  const chosen = await select(prepared, {
    ...optionsOf(job, config, { features, trained }),
    classes: classes ?? undefined,
    engine: await context.engine(),
    signal,
    onProgress: choosingProgress(context, job.method.name),
  });
  const record: RunRecord = {
    format: "datadam-run/1",
    preset: job.method.preset,
    seed: config.seed,
    config,
    dataset: description,
    classes,
    selection: selectionOf(chosen, trained),
    versions: context.versions,
    created: new Date(clock.now()).toISOString(),
  };
  await keepPreprocessing(folder.storage, chosen.preprocessing);
  await folder.begin(record);
  await publishSet(folder, withProvenance(chosen, job, config, record.selection!));
  return { images: chosen.labels.length, method: job.method.name, seconds: (clock.now() - began) / 1000 };
}

/** What images are compared by. */
interface Seen {
  readonly features: NonNullable<SelectOptions["features"]>;
  readonly trained: TrainedNetwork | undefined;
}

function optionsOf({ method, epochs }: SelectJob, { ipc, factor, seed }: ResolvedConfig, { features, trained }: Seen) {
  return { method: method.name, ipc, factor, seed, features, parameters: trained?.parameters, epochs };
}

/** A chosen set with what it was made by. */
function withProvenance(
  set: SyntheticSet,
  { method: { preset } }: SelectJob,
  config: ResolvedConfig,
  selection: RunSelection,
): SyntheticSet {
  return { ...set, provenance: { preset, ...config, ...selection, iteration: 0 } };
}

/** What a selection works with. */
interface Source extends Seen {
  readonly prepared: PreparedSet;
  readonly description: RunDataset;
  readonly config: ResolvedConfig;
}

async function sourceOf(context: Context<SelectJob>): Promise<Source> {
  const { job, folder, note } = context;
  note(`loading ${job.data.dataset}`);
  const earlier = folder.record === undefined ? undefined : checkRecord(folder.record, folder.storage.name);
  const source = earlier
    ? await reloadData(earlier.dataset, placeOf(job.data), context)
    : await loadData(job.data, context);
  const { train } = source.dataset;
  const config = resolveConfig(configOfSelection(job), train);
  const seen = await featuresOf(context, train);
  return { prepared: await prepareSet(train, config, context), description: source.description, config, ...seen };
}

/** The images of a bank, and its most trained network. @throws DatadamError INVALID_OPTION, INVALID_DATA */
async function bankSource(context: Context<SelectJob>, path: string): Promise<Source> {
  const { job, readers, note } = context;
  note(`opening the bank ${path}`);
  const bank = await openBank(readers.storage(path));
  const config = resolveConfig(configOfSelection(job), bank.facts);
  requireSpace(bank, config);
  const trained = await mostTrained(bank);
  const { prepared, description } = await bankImages(context, bank, { use: "the selection" });
  return { prepared, description, config, features: trained.network, trained };
}

/** @throws DatadamError INVALID_OPTION where a bank was made of images that were whitened in another way */
function requireSpace({ record, storage }: Bank, config: ResolvedConfig): void {
  const eps = config.zca ? config.zcaEps : false;
  const there = record.zca === false ? false : record.zca.eps;
  if (eps !== there) {
    const say = (value: number | false): string => (value === false ? "zca false" : `zca true, zcaEps ${value}`);
    throw new DatadamError("INVALID_OPTION", `${storage.name} was made with ${say(there)}, not ${say(eps)}`, {
      hint: "Give the value of the bank: its network saw images in this space.",
    });
  }
}

/** @throws DatadamError INVALID_OPTION, INVALID_DATA, IO */
async function featuresOf(
  { job, readers }: Pick<Context<SelectJob>, "job" | "readers">,
  train: ImageSet,
): Promise<Seen> {
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
