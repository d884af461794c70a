// `datadam select`: real images of each class, chosen to stand for all, in the format of a distilled set.

import { join } from "node:path";
import { resolveConfig } from "../../distill/config/index.ts";
import { createEngine } from "../../engine/index.ts";
import { type NetworkChoice, networkFor } from "../../evaluate/index.ts";
import type { ImageSet, SyntheticSet } from "../../images/types.ts";
import { readers } from "../../lab/node/index.ts";
import { versions } from "../../lab/node/versions.ts";
import { checkClasses, readNetwork, type TrainedNetwork } from "../../lab/parts.ts";
import type { ArchitectureName } from "../../nn/index.ts";
import { type RunRecord, type RunSelection, SYNTHETIC_FILE } from "../../run/index.ts";
import { type SelectMethod, type SelectOptions, select } from "../../select/index.ts";
import { given } from "../flags.ts";
import { claimRun, show, slug } from "../folders.ts";
import { prepareSource } from "../prepare.ts";
import { duration } from "../reporter.ts";
import { resolveSettings, type SettingFlags, type Settings } from "../settings.ts";
import { type SignalWatch, watchSignals } from "../signals.ts";
import { loadSource } from "../source.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface SelectFlags extends CommonFlags, SettingFlags {
  readonly method: SelectMethod;
  readonly features?: "pixels" | ArchitectureName;
  readonly parameters?: string;
  readonly epochs?: number;
  readonly out?: string;
  readonly classes?: readonly number[];
}

export async function selectCommand(flags: SelectFlags, ui: Ui): Promise<void> {
  const { method } = flags;
  // Of choosing: the configuration's method is one of distilling.
  const { method: _, ...rest } = flags;
  const settings = resolveSettings(rest, process.env);
  const { job, config: wanted } = settings;
  const claim = claimRun(flags.out, `sets/${slug(job.dataset)}-${method}-ipc${wanted.ipc}`);
  const signals = watchSignals(claim.release, (signal) => ui.reporter.warn(`${signal}: stopping`));
  try {
    ui.reporter.note(`loading ${job.dataset}`);
    const source = await loadSource(job, ui);
    const { train } = source.dataset;
    const init = method === "random" ? "real" : method;
    const config = resolveConfig({ ...wanted, init, iterations: 0 }, train);
    const classes = checkClasses(flags.classes, train.classNames);
    const seen = await featuresOf(flags, settings, train);
    const started = performance.now();
    const set = await choose(train, { ...settings, config }, flags, classes, seen, signals, ui);
    const record: RunRecord = {
      format: "datadam-run/1",
      preset: job.preset,
      seed: config.seed,
      config,
      dataset: source.description,
      classes,
      selection: selectionOf(set, seen.trained),
      versions: versions(),
      created: new Date().toISOString(),
    };
    const run = claim.begin(record, set.preprocessing);
    const written = run.writeResult(set, 0);
    tell(run.directory, written, method, (performance.now() - started) / 1000, ui);
  } catch (error) {
    claim.abandon();
    throw error;
  } finally {
    signals.dispose();
    claim.release();
  }
}

async function choose(
  train: ImageSet,
  { job, config }: Settings & { config: ReturnType<typeof resolveConfig> },
  { method, epochs }: SelectFlags,
  classes: readonly number[] | null,
  { features, trained }: Seen,
  signals: SignalWatch,
  ui: Ui,
): Promise<SyntheticSet> {
  const prepared = await prepareSource(train, config, ui, given(job, ["workers"]));
  const engine = await createEngine(given(job, ["workers", "device"]));
  try {
    return await signals.during((signal) =>
      select(prepared, {
        method,
        ipc: config.ipc,
        seed: config.seed,
        features,
        ...(trained === undefined ? {} : { parameters: trained.parameters }),
        ...(epochs === undefined ? {} : { epochs }),
        ...(classes === null ? {} : { classes }),
        engine,
        signal,
        onProgress: ({ stage, done }) => ui.reporter.progress({ stage, done, total: 1 }),
      }),
    );
  } finally {
    ui.reporter.end();
    await engine.close();
  }
}

/** What images are compared by. */
interface Seen {
  readonly features: NonNullable<SelectOptions["features"]>;
  readonly trained: TrainedNetwork | undefined;
}

/** What is said of a network by `--set` and its like is that of the features' too. @throws DatadamError INVALID_OPTION, INVALID_DATA, IO */
async function featuresOf(
  { features, parameters, method }: SelectFlags,
  settings: Settings,
  train: ImageSet,
): Promise<Seen> {
  const { arch, ...options } = saidOf(settings);
  const { shape, classNames } = train;
  const named = features ?? arch;
  const network = named === undefined || named === "pixels" ? {} : { arch: named };
  const trained =
    parameters === undefined
      ? undefined
      : await readNetwork(parameters, { shape, classNames, ...network, ...options }, readers);
  if (features === "pixels" || method === "random") return { features: features ?? "convnet", trained };
  if (trained !== undefined) return { features: trained.network, trained };
  return { features: networkFor({ shape, classNames, provenance: {} }, { ...network, ...options }), trained };
}

const NETWORK_KEYS = ["arch", "norm", "width", "depth", "activation", "pooling"] as const;

/** What was said of networks: not by presets or defaults, and not "auto". */
function saidOf({ config, sources }: Settings): NetworkChoice & { readonly arch?: string } {
  const own = NETWORK_KEYS.filter(
    (key) => sources[key] !== "preset" && sources[key] !== "default" && config[key] !== "auto",
  );
  return Object.fromEntries(own.map((key) => [key, config[key]]));
}

/** What the set says of how it was chosen, without what the configuration says. */
function selectionOf({ provenance }: SyntheticSet, trained: TrainedNetwork | undefined): RunSelection {
  const { method, features, featuresNetwork, epochs } = provenance as unknown as RunSelection;
  return {
    method,
    ...(features === undefined ? {} : { features }),
    ...(featuresNetwork === undefined ? {} : { featuresNetwork }),
    ...(trained === undefined ? {} : { parameters: trained.sha256 }),
    ...(epochs === undefined ? {} : { epochs }),
  };
}

function tell(directory: string, set: SyntheticSet, method: string, seconds: number, ui: Ui): void {
  const synthetic = join(directory, SYNTHETIC_FILE);
  const images = set.labels.length;
  ui.result(`${show(synthetic)}: ${images} images by ${method}, ${duration(seconds)}`, {
    run: directory,
    synthetic,
    grid: join(directory, "grid.png"),
    images,
    method,
    seconds,
  });
}
