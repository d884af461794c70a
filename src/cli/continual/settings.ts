// What a continual learning experiment is to do: everything that decides its numbers.

import { type Bound, methods } from "../../continual/index.ts";
import type { DistillConfig, SharedConfig } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { parseProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import type { ContinualFlags } from "../commands/continual.ts";
import { type JobSettings, resolveSharedSettings, type Settings } from "../settings.ts";

/** Methods of a stream without steps: the policies of `ReplayMemory`. */
export const POLICIES = ["balanced", "reservoir"] as const;

export interface ContinualSettings {
  readonly job: JobSettings;
  readonly methods: readonly string[];
  readonly steps: number;
  readonly bound: Bound;
  /** A stream without steps: how far its classes blur; null for steps. */
  readonly stream: { readonly blur: number } | null;
  readonly orders: number;
  readonly networks: number;
  readonly seed: number;
  readonly protocol: Protocol;
  /** The classes taken of the data set; null for all. */
  readonly classes: readonly number[] | null;
  /** Of distillers and of the networks: the keys of all methods. */
  readonly config: DistillConfig & SharedConfig;
}

/** @throws DatadamError `INVALID_OPTION` for options that do not go together, or an unknown method. */
export function settleContinual(flags: ContinualFlags): ContinualSettings {
  const { steps = 5, memory, memoryTotal, orders = 5, networks = 3, epochs, blur } = flags;
  // Only what is said: some flags share their names with configuration keys, but none here mean them.
  const names = ["dataset", "dataDir", "size", "channels", "split", "labels", "store", "corrupt", "workers", "device"];
  const own = [...names, "preset", "set", "config", "seed"];
  const { job, config, sources } = resolveSharedSettings(
    Object.fromEntries(own.map((key) => [key, flags[key]])),
    process.env,
  );
  refuseOwn(sources, job);
  if (memory !== undefined && memoryTotal !== undefined) {
    throw new DatadamError("INVALID_OPTION", "--memory does not go with --memory-total", {
      hint: "Say how many images of each class, or how many in all.",
    });
  }
  if (blur !== undefined && memoryTotal === undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      "--blur needs --memory-total: a stream without steps has no classes to count by",
    );
  }
  const known: readonly string[] = blur === undefined ? Object.keys(methods()) : POLICIES;
  const unknown = flags.method.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `unknown method "${unknown}"${blur === undefined ? "" : " for a stream without steps"}`,
      {
        hint: `Known: ${known.join(", ")}.`,
      },
    );
  }
  const protocol = parseProtocol(flags.protocol ?? "quick");
  return {
    job,
    methods: flags.method,
    steps,
    bound: memoryTotal === undefined ? { perClass: memory ?? 20 } : { total: memoryTotal },
    stream: blur === undefined ? null : { blur },
    orders,
    networks,
    seed: config.seed,
    protocol: epochs === undefined ? protocol : { ...protocol, name: `${protocol.name}, ${epochs} epochs`, epochs },
    classes: flags.classes ?? null,
    // Whitening would be fitted on classes that have not come yet: only where it was asked for.
    config: { ...config, zca: sources.zca === "default" || config.zca === "auto" ? false : config.zca },
  };
}

/** Keys that options of this command stand for, and a set to start from, which would hold classes that have not come. */
function refuseOwn(sources: Settings["sources"], { initial }: JobSettings): void {
  const instead = { ipc: "--memory", method: "--method" };
  for (const [key, option] of Object.entries(instead)) {
    if (!["flag", "file"].includes(sources[key]!)) continue;
    throw new DatadamError("INVALID_OPTION", `${key} is no key of this command`, { hint: `Use ${option}.` });
  }
  if (initial === undefined) return;
  throw new DatadamError("INVALID_OPTION", `init: ${initial} is a set, and classes start apart from each other here`, {
    hint: "Give the name of an initialiser: real, noise, herding, ...",
  });
}

/** The configuration as distillers take it. */
export function distillPart({ ipc: _, seed: __, method: ___, ...config }: DistillConfig & SharedConfig): SharedConfig {
  return config;
}
