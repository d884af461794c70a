// What decides a unit's numbers, and the names that follow: equal content, equal name, whatever row or table asks.

import { resolveConfig, withoutNeutral } from "../../distill/config/index.ts";
import { networkFor } from "../../evaluate/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import { resolveProtocol } from "../../train/index.ts";
import { ENCODER_PROTOCOL, settleRecipe } from "../bank/recipe.ts";
import { sha256 } from "../folder/hash.ts";
import type { DistillJob } from "../kinds/distill/job.ts";
import type { JobValue } from "../types.ts";
import { featuresKey } from "./features.ts";
import type { DataFacts, FileFacts, Identity, Subject, Unit } from "./types.ts";

/** @throws DatadamError `INVALID_OPTION` where the configuration does not fit the images */
export async function identify(unit: Unit, data: DataFacts, file: FileFacts | undefined): Promise<Identity> {
  const { subject, seed } = unit;
  const config = resolveConfig(subject.config, data);
  const provenance = { ...config, ...(subject.kind === "file" ? file?.provenance : {}) };
  const set = setOf(unit, data, file);
  const { shape, classNames } = data;
  const network = networkFor({ shape, classNames, provenance }, unit.choice, unit.protocol.norm);
  const evaluation = {
    network: { name: network.name, ...network.options },
    protocol: resolveProtocol(unit.protocol, data.flippable),
    seed,
    test: data.test.fingerprint,
  };
  return {
    setKey: await hash(set),
    key: await hash({ set, evaluation }),
    label: labelOf(unit),
    set,
    evaluation,
    provenance,
  };
}

/** The key of a record's content. */
export function keyOf({ set, evaluation }: Pick<Identity, "set" | "evaluation">): Promise<string> {
  return hash({ set, evaluation });
}

function hash(value: unknown): Promise<string> {
  return sha256(canonicalJson(value));
}

function setOf({ subject, seed }: Unit, data: DataFacts, file: FileFacts | undefined): Identity["set"] {
  const config = resolveConfig(subject.config, data);
  const source = { dataset: data.name, data: data.fingerprint };
  if (subject.kind === "file") {
    // What another program's numbers mean follows from the training images.
    return {
      kind: "file",
      sha256: file!.sha256,
      ...(file!.foreign ? { space: subject.space ?? "normalized", ...source } : {}),
    };
  }
  if (subject.kind === "distill") {
    const initial = subject.file === undefined ? {} : { initial: file!.sha256 };
    const trained = trainedBy(subject.job, data);
    const settled = { ...config, ...trained?.settings };
    return { kind: "distill", config: withoutNeutral(settled), ...trained?.identity, ...initial, ...source };
  }
  if (subject.kind === "whole") return { kind: "whole", zca: config.zca, ...source };
  const { ipc, factor, zca, zcaEps } = config;
  const size = { ipc, ...(factor > 1 && { factor }) };
  return { kind: "select", ...chosenBy(subject, data, file), ...size, seed, zca: zca ? zcaEps : false, ...source };
}

/** The networks that a distillation trains first, and what of them it visits. */
function trainedBy(job: JobValue, data: DataFacts) {
  const { bank } = job as DistillJob;
  if (typeof bank !== "object") return undefined;
  const { networks, draws, images, ...training } = settleRecipe(bank, data);
  const settings = { networks: networks * training.snapshots.length, draws, batchReal: images };
  return { settings, identity: { bank: { networks, protocol: ENCODER_PROTOCOL, ...training } } };
}

/** Where distances are taken counts for methods that take some; of forgetting, the network that is trained. */
function chosenBy(
  { method, features }: Extract<Subject, { kind: "select" }>,
  data: DataFacts,
  file: FileFacts | undefined,
): Identity["set"] {
  if (method === "random") return { method };
  if (file !== undefined) return { method, features: features ?? null, parameters: file.sha256 };
  const key = featuresKey(data, features);
  return method === "forgetting" && key === "convnet" ? { method } : { method, features: key };
}

function labelOf({ subject }: Unit): string {
  if (subject.kind === "file" || subject.kind === "whole") return subject.kind;
  const { method, ipc } = subject.config;
  return `${subject.kind === "select" ? subject.method : method}-ipc${ipc}`;
}
